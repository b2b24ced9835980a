//! Fills a desk with a believable past, quickly and reproducibly.
