//! Random numbers that a seed reproduces.

/// SplitMix64.
pub(crate) struct Rng(u64);

impl Rng {
    /// The stream of one case. Each part changes it.
    pub(crate) fn new(seed: u64, name: &str, case: u64) -> Self {
        let mut rng = Self(seed);
        for part in name.bytes().map(u64::from).chain([case]) {
            rng.0 = rng.next() ^ part;
        }
        rng
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// True once in so many times.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
