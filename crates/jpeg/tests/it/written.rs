//! A small writer of JPEGs from coefficients, for files that common encoders never write: successive
//! approximation, runs of ends of bands, components in any order and scan.

/// One component: its sampling factors and its blocks, row by row, in zigzag order.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) h: usize,
    pub(crate) v: usize,
    /// Blocks across and down, padded to whole MCUs.
    pub(crate) across: usize,
    pub(crate) down: usize,
    pub(crate) blocks: Vec<[i32; 64]>,
}

/// The coefficients of an image.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) restart: usize,
    pub(crate) parts: Vec<Part>,
}

/// Which coefficients a scan gives: parts, band, and the bits before and after.
pub(crate) type Share<'a> = (&'a [usize], std::ops::RangeInclusive<usize>, u32, u32);

impl Written {
    /// An image of random coefficients, most of them zero.
    pub(crate) fn random(
        width: usize,
        height: usize,
        restart: usize,
        factors: &[(usize, usize)],
    ) -> Self {
        let mut seed = 77u32;
        let mut random = move |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % below
        };
        let h_max = factors.iter().map(|f| f.0).max().unwrap();
        let v_max = factors.iter().map(|f| f.1).max().unwrap();
        let mcus = (width.div_ceil(8 * h_max), height.div_ceil(8 * v_max));
        let parts = factors.iter().map(|&(h, v)| {
            let (across, down) = (mcus.0 * h, mcus.1 * v);
            let mut blocks = vec![[0; 64]; across * down];
            for block in &mut blocks {
                block[0] = random(1200) as i32 - 600;
                // Some blocks are empty, so that ends of bands run together.
                for _ in 0..[0, 0, 3, 30][random(4) as usize] {
                    let at = 1 + random(63) as usize;
                    block[at] = random(51) as i32 - 25;
                }
            }
            Part {
                h,
                v,
                across,
                down,
                blocks,
            }
        });
        let parts = parts.collect();
        Written {
            width,
            height,
            restart,
            parts,
        }
    }

    /// One scan of whole blocks for each entry of `scans`, which lists parts.
    pub(crate) fn sequential(&self, scans: &[&[usize]]) -> Vec<u8> {
        let mut out = self.head(0xC0);
        for parts in scans {
            scan_header(&mut out, parts, &(0..=63), 0, 0);
            let mut bits = BitWriter::default();
            let mut dc = [0; 3];
            self.visit(parts, &mut bits, |bits, part, block| match block {
                None => dc = [0; 3],
                Some(block) => {
                    bits.dc(block[0] - dc[part]);
                    dc[part] = block[0];
                    let mut run = 0;
                    for &value in &block[1..] {
                        run += 1;
                        if value != 0 {
                            bits.ac(run - 1, value);
                            run = 0;
                        }
                    }
                    if run > 0 {
                        bits.put(0, 8);
                    }
                }
            });
            out.extend(bits.finish());
        }
        out.extend([0xFF, 0xD9]);
        out
    }

    /// The scans listed, in order.
    pub(crate) fn progressive(&self, shares: &[Share]) -> Vec<u8> {
        let mut out = self.head(0xC2);
        for (parts, band, high, low) in shares {
            scan_header(&mut out, parts, band, *high, *low);
            let mut bits = BitWriter::default();
            let (mut dc, mut ends) = ([0; 3], Ends::default());
            self.visit(parts, &mut bits, |bits, part, block| match block {
                None => {
                    ends.flush(bits);
                    dc = [0; 3];
                }
                Some(block) if *band.start() == 0 && *high == 0 => {
                    bits.dc((block[0] >> low) - dc[part]);
                    dc[part] = block[0] >> low;
                }
                Some(block) if *band.start() == 0 => bits.put((block[0] >> low & 1) as u32, 1),
                Some(block) => {
                    // Magnitudes are what is approximated (T.81, G.1.2.3).
                    let now = |k: usize| block[k].abs() >> low;
                    let old = |k: usize| *high > 0 && block[k].abs() >> high > 0;
                    let last_new = band.clone().rev().find(|&k| now(k) > 0 && !old(k));
                    let (mut run, mut corrections) = (0, Vec::new());
                    for k in band.clone() {
                        if old(k) {
                            corrections.push((now(k) & 1) as u32);
                        } else if now(k) == 0 {
                            run += 1;
                        } else {
                            ends.flush(bits);
                            while run > 15 {
                                // Corrections up to the sixteenth zero; simpler to avoid them.
                                assert_eq!(*high, 0, "no long runs in refinement");
                                bits.put(0xF0, 8);
                                run -= 16;
                            }
                            let sign = block[k].signum();
                            if *high == 0 {
                                bits.ac(run, sign * now(k));
                            } else {
                                bits.put((run << 4 | 1) as u32, 8);
                                bits.put(u32::from(sign > 0), 1);
                            }
                            corrections.drain(..).for_each(|bit| bits.put(bit, 1));
                            run = 0;
                        }
                    }
                    if last_new != Some(*band.end()) {
                        ends.run += 1;
                        ends.corrections.extend(corrections);
                    }
                }
            });
            ends.flush(&mut bits);
            out.extend(bits.finish());
        }
        out.extend([0xFF, 0xD9]);
        out
    }

    /// Calls `on` for each block of the parts in the order of the file, or with none at a
    /// restart marker.
    fn visit(
        &self,
        parts: &[usize],
        bits: &mut BitWriter,
        mut on: impl FnMut(&mut BitWriter, usize, Option<&[i32; 64]>),
    ) {
        let h_max = self.parts.iter().map(|p| p.h).max().unwrap();
        let v_max = self.parts.iter().map(|p| p.v).max().unwrap();
        let first = &self.parts[parts[0]];
        let (across, down) = match parts {
            [_] => (
                (self.width * first.h).div_ceil(8 * h_max),
                (self.height * first.v).div_ceil(8 * v_max),
            ),
            _ => (first.across / first.h, first.down / first.v),
        };
        for mcu in 0..across * down {
            if self.restart > 0 && mcu > 0 && mcu % self.restart == 0 {
                on(bits, 0, None);
                bits.restart((mcu / self.restart - 1) as u8 & 7);
            }
            let (x, y) = (mcu % across, mcu / across);
            for &index in parts {
                let part = &self.parts[index];
                let (h, v) = if parts.len() == 1 {
                    (1, 1)
                } else {
                    (part.h, part.v)
                };
                for block in 0..h * v {
                    let at = (y * v + block / h) * part.across + x * h + block % h;
                    on(bits, index, Some(&part.blocks[at]));
                }
            }
        }
    }

    fn head(&self, frame: u8) -> Vec<u8> {
        let mut out = vec![0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0];
        out.extend((0..64).map(|k| 1 + k / 8));
        let (h, w) = (self.height as u16, self.width as u16);
        let count = self.parts.len() as u8;
        out.extend([0xFF, frame, 0, 8 + 3 * count, 8]);
        out.extend(h.to_be_bytes());
        out.extend(w.to_be_bytes());
        out.push(count);
        for (id, part) in (1..).zip(&self.parts) {
            out.extend([id, (part.h << 4 | part.v) as u8, 0]);
        }
        // Every symbol is its own code of eight bits. Only the code of all ones stays free.
        for (class, symbols) in [(0x00, 16u8), (0x10, 255)] {
            out.extend([0xFF, 0xC4]);
            out.extend((19 + u16::from(symbols)).to_be_bytes());
            out.push(class);
            out.extend([0, 0, 0, 0, 0, 0, 0, symbols, 0, 0, 0, 0, 0, 0, 0, 0]);
            out.extend(0..symbols);
        }
        out.extend([0xFF, 0xDD, 0, 4]);
        out.extend((self.restart as u16).to_be_bytes());
        out
    }
}

fn scan_header(
    out: &mut Vec<u8>,
    parts: &[usize],
    band: &std::ops::RangeInclusive<usize>,
    high: u32,
    low: u32,
) {
    out.extend([0xFF, 0xDA, 0, 6 + 2 * parts.len() as u8, parts.len() as u8]);
    for &part in parts {
        out.extend([part as u8 + 1, 0]);
    }
    out.extend([
        *band.start() as u8,
        *band.end() as u8,
        (high << 4 | low) as u8,
    ]);
}

/// Blocks whose bands have ended, and the corrections that belong to them.
#[derive(Default)]
struct Ends {
    run: u32,
    corrections: Vec<u32>,
}

impl Ends {
    fn flush(&mut self, bits: &mut BitWriter) {
        if self.run > 0 {
            let size = self.run.ilog2();
            bits.put(size << 4, 8);
            bits.put(self.run - (1 << size), size);
        }
        self.run = 0;
        self.corrections.drain(..).for_each(|bit| bits.put(bit, 1));
    }
}

#[derive(Default)]
struct BitWriter {
    out: Vec<u8>,
    byte: u32,
    count: u32,
}

impl BitWriter {
    fn put(&mut self, value: u32, count: u32) {
        for shift in (0..count).rev() {
            self.byte = self.byte << 1 | (value >> shift & 1);
            self.count += 1;
            if self.count == 8 {
                self.out.push(self.byte as u8);
                if self.byte == 0xFF {
                    self.out.push(0);
                }
                (self.byte, self.count) = (0, 0);
            }
        }
    }

    fn number(&mut self, value: i32) {
        let size = 32 - value.unsigned_abs().leading_zeros();
        let raw = if value < 0 { value - 1 } else { value };
        self.put(raw as u32, size);
    }

    fn dc(&mut self, value: i32) {
        self.put(32 - value.unsigned_abs().leading_zeros(), 8);
        self.number(value);
    }

    fn ac(&mut self, mut run: usize, value: i32) {
        while run > 15 {
            self.put(0xF0, 8);
            run -= 16;
        }
        let size = 32 - value.unsigned_abs().leading_zeros();
        self.put((run << 4) as u32 | size, 8);
        self.number(value);
    }

    fn pad(&mut self) {
        while self.count > 0 {
            self.put(1, 1);
        }
    }

    fn restart(&mut self, number: u8) {
        self.pad();
        self.out.extend([0xFF, 0xD0 | number]);
    }

    fn finish(mut self) -> Vec<u8> {
        self.pad();
        self.out
    }
}
