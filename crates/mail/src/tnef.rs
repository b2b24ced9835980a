//! Unpacks `winmail.dat`, the envelope that Outlook puts around its attachments.

use crate::{content::tidy_name, parse::Part};

const SIGNATURE: u32 = 0x223E_9F78;
const MOST_PARTS: usize = 500;

/// What was inside.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    pub text: Option<String>,
    pub html: Option<Vec<u8>>,
    pub parts: Vec<Part>,
}

/// Unpacks the attachments and the body; `None` when the envelope is not readable at all.
pub(crate) fn unpack(data: &[u8]) -> Option<Unpacked> {
    let mut input = Input(data);
    if input.u32()? != SIGNATURE {
        return None;
    }
    input.take(2)?;
    let mut unpacked = Unpacked::default();
    while let Some((id, value)) = attribute(&mut input) {
        match id {
            0x9002 => {
                if unpacked.parts.len() >= MOST_PARTS {
                    break;
                }
                unpacked.parts.push(empty_part(unpacked.parts.len() + 1));
            }
            0x800C => unpacked.text = Some(western(value)).filter(|text| !text.trim().is_empty()),
            0x9003 => message_properties(&mut unpacked, value),
            _ => {
                if let Some(part) = unpacked.parts.last_mut() {
                    attachment(part, id, value);
                }
            }
        }
    }
    Some(unpacked)
}

fn empty_part(number: usize) -> Part {
    Part {
        name: format!("part-{number}.bin"),
        content_type: "application/octet-stream".to_owned(),
        content_id: None,
        inline: false,
        bytes: Vec::new(),
    }
}

fn attribute<'a>(input: &mut Input<'a>) -> Option<(u16, &'a [u8])> {
    input.take(1)?;
    let id = input.u16()?;
    input.take(2)?;
    let length = usize::try_from(input.u32()?).ok()?;
    let value = input.take(length.min(input.0.len()))?;
    let _checksum = input.take(2);
    Some((id, value))
}

fn attachment(part: &mut Part, id: u16, value: &[u8]) {
    match id {
        0x8010 => {
            if let Some(name) = tidy_name(&western(value)) {
                part.name = name;
            }
        }
        0x800F => part.bytes = value.to_vec(),
        0x9005 => {
            for (property, bytes) in properties(value) {
                match property {
                    0x3707 => part.name = tidy_name(&text(bytes)).unwrap_or_else(|| part.name.clone()),
                    0x370E => part.content_type = text(bytes).trim().to_ascii_lowercase(),
                    0x3712 => part.content_id = Some(text(bytes)).filter(|id| !id.is_empty()),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn message_properties(unpacked: &mut Unpacked, value: &[u8]) {
    for (property, bytes) in properties(value) {
        match property {
            0x1000 if unpacked.text.is_none() => unpacked.text = Some(text(bytes)),
            0x1013 => unpacked.html = Some(bytes.data.to_vec()),
            _ => {}
        }
    }
}

struct Value<'a> {
    data: &'a [u8],
    wide: bool,
}

fn text(value: Value<'_>) -> String {
    if !value.wide {
        return western(value.data);
    }
    let units: Vec<u16> = value.data.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned()
}

fn western(bytes: &[u8]) -> String {
    crate::charset::decode(bytes, None).0.trim_end_matches('\0').to_owned()
}

/// The MAPI properties of a block, as far as it can be followed.
fn properties(data: &[u8]) -> Vec<(u16, Value<'_>)> {
    let mut input = Input(data);
    let mut found = Vec::new();
    let count = input.u32().unwrap_or(0).min(2_000);
    for _ in 0..count {
        match property(&mut input) {
            Some(property) => found.push(property),
            None => break,
        }
    }
    found
}

fn property<'a>(input: &mut Input<'a>) -> Option<(u16, Value<'a>)> {
    let kind = input.u16()?;
    let id = input.u16()?;
    if id >= 0x8000 {
        input.take(16)?;
        if input.u32()? == 0 {
            input.take(4)?;
        } else {
            let length = usize::try_from(input.u32()?).ok()?;
            input.padded(length)?;
        }
    }
    let many = kind & 0x1000 != 0;
    let base = kind & 0x0FFF;
    let variable = matches!(base, 0x1E | 0x1F | 0x0D | 0x102);
    let count = if many || variable { input.u32()?.min(10_000) } else { 1 };
    let mut first = None;
    for _ in 0..count {
        let data = if variable {
            let length = usize::try_from(input.u32()?).ok()?;
            input.padded(length)?
        } else {
            input.take(fixed(base)?)?
        };
        first.get_or_insert(Value { data, wide: base == 0x1F });
    }
    Some((id, first.unwrap_or(Value { data: &[], wide: false })))
}

fn fixed(kind: u16) -> Option<usize> {
    match kind {
        0x02 | 0x03 | 0x04 | 0x0A | 0x0B => Some(4),
        0x05 | 0x06 | 0x07 | 0x14 | 0x40 => Some(8),
        0x48 => Some(16),
        _ => None,
    }
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn padded(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.take(count)?;
        let padding = (4 - count % 4) % 4;
        self.take(padding.min(self.0.len()))?;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|b| u16::from_le_bytes([b[0], b[1]]))
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute_bytes(level: u8, id: u16, value: &[u8]) -> Vec<u8> {
        let sum: u16 = value.iter().fold(0, |sum, b| sum.wrapping_add(u16::from(*b)));
        let mut out = vec![level];
        out.extend(id.to_le_bytes());
        out.extend([0, 0]);
        out.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
        out.extend(value);
        out.extend(sum.to_le_bytes());
        out
    }

    #[test]
    fn a_file_and_its_long_name_come_out() {
        let wide: Vec<u8> = "Größe.pdf\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut properties = 1u32.to_le_bytes().to_vec();
        properties.extend([0x1F, 0x00, 0x07, 0x37, 1, 0, 0, 0]);
        properties.extend(u32::try_from(wide.len()).unwrap().to_le_bytes());
        properties.extend(&wide);
        let mut data = SIGNATURE.to_le_bytes().to_vec();
        data.extend([1, 0]);
        data.extend(attribute_bytes(1, 0x800C, b"hello\0"));
        data.extend(attribute_bytes(2, 0x9002, &[0; 14]));
        data.extend(attribute_bytes(2, 0x8010, b"GROSS~1.PDF\0"));
        data.extend(attribute_bytes(2, 0x800F, b"%PDF"));
        data.extend(attribute_bytes(2, 0x9005, &properties));
        let unpacked = unpack(&data).unwrap();
        assert_eq!(unpacked.text.as_deref(), Some("hello"));
        assert_eq!(unpacked.parts.len(), 1);
        assert_eq!(unpacked.parts[0].name, "Größe.pdf");
        assert_eq!(unpacked.parts[0].bytes, b"%PDF");
        for end in 0..data.len() {
            let _ = unpack(&data[..end]);
        }
        assert!(unpack(b"no").is_none());
    }
}
