//! The dot on the icon: how pressing it is.

/// How pressing the agent's own tickets are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Urgency {
    /// Nothing is due within the hour.
    #[default]
    Calm,
    /// Something is.
    Soon,
    /// Something is late.
    Late,
}

impl Urgency {
    /// Late goes before soon.
    pub fn of(late: bool, soon: bool) -> Self {
        match (late, soon) {
            (true, _) => Self::Late,
            (false, true) => Self::Soon,
            (false, false) => Self::Calm,
        }
    }

    /// Red, green and blue; none: no dot.
    fn colour(self) -> Option<[u8; 3]> {
        match self {
            Self::Calm => None,
            Self::Soon => Some([0xe8, 0xa3, 0x17]),
            Self::Late => Some([0xd9, 0x2d, 0x20]),
        }
    }
}

/// The picture (RGBA, row by row) with the dot in its lower right corner.
pub fn on(picture: &[u8], width: u32, height: u32, urgency: Urgency) -> Vec<u8> {
    let mut drawn = picture.to_vec();
    let Some([red, green, blue]) = urgency.colour() else { return drawn };
    let radius = width.min(height) / 4;
    let (middle_x, middle_y) = (width.saturating_sub(radius + 1), height.saturating_sub(radius + 1));
    for (place, pixel) in (0_u32..).zip(drawn.chunks_exact_mut(4)) {
        let (x, y) = (place % width.max(1), place / width.max(1));
        let away = x.abs_diff(middle_x).pow(2) + y.abs_diff(middle_y).pow(2);
        if away <= radius.pow(2) {
            pixel.copy_from_slice(&[red, green, blue, 0xff]);
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_is_in_the_corner_and_has_the_colour_of_what_is_due() {
        let plain = vec![0x11; 16 * 16 * 4];
        assert_eq!(on(&plain, 16, 16, Urgency::of(false, false)), plain);
        let at = |drawn: &[u8], x: usize, y: usize| drawn[(y * 16 + x) * 4..][..4].to_vec();
        for (urgency, colour) in [(Urgency::of(false, true), [0xe8, 0xa3, 0x17, 0xff]), (Urgency::of(true, true), [0xd9, 0x2d, 0x20, 0xff])]
        {
            let drawn = on(&plain, 16, 16, urgency);
            assert_eq!(at(&drawn, 11, 11), colour);
            assert_eq!(at(&drawn, 2, 2), [0x11; 4]);
            assert_eq!(drawn.len(), plain.len());
        }
    }
}
