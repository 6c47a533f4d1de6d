//! Files that somebody has tampered with: every decoder is given thousands, and must neither end the
//! program nor take its time.

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use crate::assets::credit::Credit;
    use crate::assets::header::read_header;
    use crate::assets::master::Master;
    use crate::assets::strip::strip;

    /// How many changes of each file are tried, unless `TYMPAN_ROUNDS` says.
    const ROUNDS: u32 = 40;
    /// The most pixels of a picture that is decoded here: larger ones are refused by other tests.
    const LARGEST: u64 = 1_000_000;

    /// Numbers without any order, the same every time.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, most: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 >> 11).unwrap() % most.max(1)
        }

        /// Changes some bytes in the ways that decoders are most afraid of.
        fn tamper(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
            for _ in 0..=self.below(4) {
                // Most of what matters stands at the beginning.
                let length = if self.below(2) == 0 {
                    bytes.len().min(400)
                } else {
                    bytes.len()
                };
                let at = self.below(length);
                match self.below(7) {
                    0 => bytes.truncate(at),
                    1 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                    2 if at < bytes.len() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
                    3 if at + 4 <= bytes.len() => {
                        let numbers = [0, 1, 0xffff, 0x7fff_ffff, 0x8000_0000, u32::MAX];
                        let number = numbers[self.below(6)];
                        let number = if self.below(2) == 0 {
                            number.to_be_bytes()
                        } else {
                            number.to_le_bytes()
                        };
                        bytes[at..at + 4].copy_from_slice(&number);
                    }
                    4 => {
                        let end = (at + self.below(64)).min(bytes.len());
                        let part = bytes[at.min(end)..end].to_vec();
                        bytes.splice(at.min(end)..at.min(end), part);
                    }
                    5 => {
                        let end = (at + self.below(16)).min(bytes.len());
                        bytes.drain(at.min(end)..end);
                    }
                    _ => {
                        let from = self.below(other.len());
                        let part = &other[from..(from + self.below(64)).min(other.len())];
                        let end = (at + part.len()).min(bytes.len());
                        bytes.splice(at.min(end)..end, part.iter().copied());
                    }
                }
            }
        }
    }

    fn files() -> Vec<(String, Vec<u8>)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/images");
        let files = walkdir::WalkDir::new(folder)
            .sort_by_file_name()
            .into_iter();
        let files = files.map(|entry| entry.unwrap().into_path());
        let files = files.filter(|file| file.is_file() && file.extension().unwrap() != "py");
        let read = |file: std::path::PathBuf| {
            let bytes = std::fs::read(&file).unwrap();
            (file.display().to_string(), bytes)
        };
        files.map(read).collect()
    }

    /// All that is done with the bytes of an image before it is encoded.
    fn use_up(bytes: &[u8]) {
        let Ok(header) = read_header(bytes) else {
            return;
        };
        strip(bytes, &header, &Credit::read(bytes));
        if header.is_raster() && header.pixels() <= LARGEST {
            let small = ((header.width / 2).max(1), (header.height / 2).max(1));
            for size in [small, (header.width, header.height)] {
                if let Ok(master) = Master::decode(bytes, &header, None, size) {
                    let pixels = master.at(small.0, small.1).unwrap();
                    let whole = small.0 as usize * small.1 as usize * pixels.layout.channels();
                    assert_eq!(pixels.bytes.len(), whole);
                    master.average();
                }
            }
        }
    }

    #[test]
    fn no_file_ends_the_program() {
        #[expect(
            clippy::disallowed_methods,
            reason = "a longer run is asked for from outside"
        )]
        let asked = std::env::var("TYMPAN_ROUNDS");
        let rounds = asked.map_or(ROUNDS, |text| text.parse().unwrap());
        let files = files();
        assert!(files.len() > 60);
        for (at, (name, whole)) in files.iter().enumerate() {
            let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ at as u64);
            for round in 0..rounds {
                let mut bytes = whole.clone();
                if round > 0 {
                    let other = &files[dice.below(files.len())].1;
                    dice.tamper(&mut bytes, other);
                }
                let begin = Instant::now();
                use_up(&bytes);
                let took = begin.elapsed();
                assert!(
                    took < Duration::from_secs(20),
                    "{name}, round {round}: {took:?}"
                );
            }
        }
    }
}
