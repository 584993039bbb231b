//! Sends a photo for many people at once from one client, and prints how long that took and what it held in memory.
//!
//! ```text
//! many BASE_URL COUNT PHOTO
//! ```
//!
//! For an emulator with so many members: person N has the token `xoxp-emulator-N`.

use std::time::Instant;

use headshot_upload::{Client, Photo, RateLimiter, Settings, Token};
use peak_alloc::PeakAlloc;
use serde_json::json;
use tokio::task::JoinSet;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, count, photo] = &arguments[..] else {
        return Err("usage: many BASE_URL COUNT PHOTO".into());
    };
    let count: usize = count.parse()?;
    let settings = Settings {
        base_url: base_url.clone(),
        rate_limiter: RateLimiter::unlimited(),
        ..Settings::default()
    };
    let token = |number: usize| Token::new(format!("xoxp-emulator-{number}"));
    let client = Client::with(token(1)?, &settings)?;
    let photo = Photo::new(std::fs::read(photo)?.into())?;
    HEAP.reset_peak_usage();
    let (before, start) = (HEAP.current_usage(), Instant::now());
    let mut running = JoinSet::new();
    for number in 1..=count {
        let (client, photo) = (client.with_token(token(number)?), photo.clone());
        running.spawn(async move { client.set_photo(&photo).await });
    }
    let mut set = 0;
    while let Some(done) = running.join_next().await {
        match done? {
            Ok(_) => set += 1,
            Err(error) => eprintln!("{error}"),
        }
    }
    let (seconds, peak) = (start.elapsed().as_secs_f64(), HEAP.peak_usage());
    let each = (peak - before) / count.max(1);
    println!(
        "{}",
        json!({ "set": set, "seconds": seconds, "bytes_each": each })
    );
    Ok(())
}
