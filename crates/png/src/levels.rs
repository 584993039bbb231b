//! The kinds of CPU that tests compare.

use fearless_simd::Level;

/// Every kind of CPU that this one can emulate.
pub(crate) fn levels() -> Vec<Level> {
    #[cfg(target_arch = "x86_64")]
    {
        use fearless_simd::Simd;
        let best = Level::new();
        let levels = [
            best.as_sse2().map(|simd| simd.level()),
            best.as_sse4_2().map(|simd| simd.level()),
            best.as_avx2().map(|simd| simd.level()),
            best.as_avx512().map(|simd| simd.level()),
        ];
        levels.into_iter().flatten().collect()
    }
    #[cfg(not(target_arch = "x86_64"))]
    vec![Level::new()]
}
