//! Lines that the user pastes while the browser is open.

use std::io::{BufRead, Read};

use headshot_upload::oauth::Secret;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// No address with an answer in it is nearly as long.
const LONGEST: u64 = 16 * 1024;

/// The lines of standard input, as they come. If it ends or does not exist, no more lines come.
pub(super) fn lines() -> UnboundedReceiver<Secret> {
    let (sender, receiver) = unbounded_channel();
    // It ends with the process: a read from a terminal cannot be canceled.
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            let mut line = String::with_capacity(LONGEST as usize);
            match (&mut input).take(LONGEST).read_line(&mut line) {
                Ok(1..) if sender.send(Secret::new(line)).is_ok() => {}
                _ => return,
            }
        }
    });
    receiver
}
