//! The PNG decoder: rows come in order, whole, and as many as the header says.
#![no_main]

use std::ops::ControlFlow;

use headshot_png::{Damage, Limits, decode_rows, read_header};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = Limits {
        pixels: 1 << 20,
        ..Limits::default()
    };
    let header = read_header(data, &limits);
    for damage in [Damage::Refuse, Damage::Accept] {
        let mut rows = 0;
        let decoded = decode_rows(data, &limits, damage, |y, row| {
            if row.is_empty() {
                return ControlFlow::Continue(());
            }
            let header = header.as_ref().expect("rows come after a header");
            assert_eq!((y, row.len()), (rows, header.row_bytes()));
            rows += 1;
            ControlFlow::Continue(())
        });
        if let Ok(end) = decoded {
            let height = header.as_ref().expect("it was decoded").height;
            assert!(end.intact <= end.found && end.found == rows && rows <= height);
            assert!(damage == Damage::Accept || end.intact == height);
        }
    }
});
