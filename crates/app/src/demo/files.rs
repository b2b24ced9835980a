//! Attachments that open: a drawn screenshot (PNG) and a one-page letter (PDF).

use std::fmt::Write;

const WIDTH: usize = 240;
const HEIGHT: usize = 150;
const ACCENTS: [[u8; 3]; 4] = [[0x2f, 0x6f, 0x9f], [0x6b, 0x5b, 0x95], [0x3a, 0x7d, 0x5c], [0x9a, 0x5b, 0x3c]];

/// A PNG that looks like an error message in front of a window; `hue` picks its colour.
pub(super) fn screenshot(hue: u64) -> Vec<u8> {
    let mut rows = vec![0u8; (WIDTH + 1) * HEIGHT];
    let mut bar = |x: usize, y: usize, width: usize, height: usize, colour: u8| {
        for row in y..y + height {
            let start = row * (WIDTH + 1) + 1 + x;
            rows[start..start + width].fill(colour);
        }
    };
    bar(0, 0, WIDTH, 14, 1);
    (0..7).for_each(|line| bar(10, 24 + line * 17, 120 + (line * 37) % 90, 6, 3));
    bar(48, 40, 150, 76, 2);
    bar(48, 40, 150, 12, 1);
    bar(58, 62, 18, 18, 4);
    bar(65, 65, 4, 8, 2);
    bar(65, 75, 4, 3, 2);
    (0..3).for_each(|line| bar(84, 62 + line * 9, 104 - line * 26, 4, 3));
    bar(154, 98, 34, 11, 1);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::from((WIDTH as u32).to_be_bytes());
    header.extend((HEIGHT as u32).to_be_bytes());
    header.extend([8, 3, 0, 0, 0]);
    chunk(&mut png, *b"IHDR", &header);
    let accent = ACCENTS[hue as usize % ACCENTS.len()];
    chunk(&mut png, *b"PLTE", &[[0xf4, 0xf2, 0xee], accent, [0xff, 0xff, 0xff], [0xc9, 0xc4, 0xbb], [0xc0, 0x39, 0x2b]].concat());
    chunk(&mut png, *b"IDAT", &stored(&rows));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let from = png.len();
    png.extend(kind);
    png.extend(data);
    let crc = png[from..]
        .iter()
        .fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())));
    png.extend((!crc).to_be_bytes());
}

/// A zlib stream of stored blocks (RFC 1950, RFC 1951 §3.2.4).
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let blocks = data.chunks(usize::from(u16::MAX));
    let last = blocks.len() - 1;
    for (i, block) in blocks.enumerate() {
        out.push(u8::from(i == last));
        out.extend((block.len() as u16).to_le_bytes());
        out.extend((!(block.len() as u16)).to_le_bytes());
        out.extend(block);
    }
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    out.extend((b << 16 | a).to_be_bytes());
    out
}

/// A PDF of one page with these lines.
pub(super) fn letter(lines: &[String]) -> Vec<u8> {
    let mut page = String::from("BT /F1 11 Tf 70 770 Td 16 TL\n");
    for line in lines {
        let plain: String = line.chars().map(|c| if c.is_ascii() && !"()\\".contains(c) { c } else { '-' }).collect();
        let _ = writeln!(page, "({plain}) Tj T*");
    }
    page.push_str("ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>".to_owned(),
        format!("<</Length {}>>stream\n{page}\nendstream", page.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let (mut pdf, mut offsets) = (String::from("%PDF-1.4\n"), String::new());
    for (object, n) in objects.iter().zip(1..) {
        let _ = writeln!(offsets, "{:010} 00000 n ", pdf.len());
        let _ = writeln!(pdf, "{n} 0 obj\n{object}\nendobj");
    }
    let start = pdf.len();
    let _ = write!(pdf, "xref\n0 6\n0000000000 65535 f \n{offsets}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    pdf.into_bytes()
}
