//! Folder names as IMAP writes them (RFC 3501, 5.1.3).

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// A name for the server.
pub(super) fn encode(name: &str) -> String {
    let mut out = String::new();
    let mut wide: Vec<u8> = Vec::new();
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut wide, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            wide.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut wide, &mut out);
    out
}

fn flush(wide: &mut Vec<u8>, out: &mut String) {
    if !wide.is_empty() {
        out.push('&');
        out.push_str(&ENGINE.encode(&*wide));
        out.push('-');
        wide.clear();
    }
}

/// A name from the server; one that is not valid stays as it is.
pub(super) fn decode(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((plain, tail)) = rest.split_once('&') {
        out.push_str(plain);
        let Some((coded, tail)) = tail.split_once('-') else { return name.to_owned() };
        match (coded, ENGINE.decode(coded)) {
            ("", _) => out.push('&'),
            (_, Ok(bytes)) => {
                let units: Vec<u16> = bytes.chunks_exact(2).map(|b| u16::from_be_bytes([b[0], b[1]])).collect();
                out.push_str(&String::from_utf16_lossy(&units));
            }
            (_, Err(_)) => return name.to_owned(),
        }
        rest = tail;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn there_and_back() {
        for (name, coded) in [("INBOX", "INBOX"), ("Gelöscht", "Gel&APY-scht"), ("A&B", "A&-B"), ("台北", "&U,BTFw-"), ("😀", "&2D3eAA-")]
        {
            assert_eq!(encode(name), coded);
            assert_eq!(decode(coded), name);
        }
        assert_eq!(decode("broken&"), "broken&");
    }
}
