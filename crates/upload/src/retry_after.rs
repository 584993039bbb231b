//! How long a reply asks us to stay away, from any form of `Retry-After`.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest wait: longer ones are cut to this.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Reads `Retry-After` as seconds or as an HTTP date (RFC 9110, 10.2.3). A date is held against the reply's own `Date`,
/// so that this machine's clock may be wrong. A time in the past means no wait; an unreadable value is `None`.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let value = text(RETRY_AFTER)?;
    let wait = match value.parse::<f64>() {
        Ok(seconds) if seconds.is_nan() => return None,
        Ok(seconds) => Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(LONGEST),
        Err(_) => {
            let until = httpdate::parse_http_date(value).ok()?;
            let sent = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok());
            until
                .duration_since(sent.unwrap_or(now))
                .unwrap_or(Duration::ZERO)
        }
    };
    Some(wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_understood() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
        let read = |value: &'static str, date: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            headers.extend(date.map(|date| (DATE, date.parse().unwrap())));
            retry_after(&headers, now)
        };
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(read("30", None), seconds(30));
        assert_eq!(read(" 7 ", None), seconds(7));
        assert_eq!(read("1.5", None), Some(Duration::from_millis(1500)));
        assert_eq!(read("0", None), seconds(0));
        assert_eq!(read("-5", None), seconds(0));
        assert_eq!(read("86400", None), seconds(86_400));
        for absurd in [
            "99999999999",
            "1000000000000000000000000000000",
            "1e400",
            "inf",
        ] {
            assert_eq!(read(absurd, None), Some(LONGEST), "{absurd}");
        }
        for nonsense in [
            "",
            "soon",
            "nan",
            "30, 60",
            "0x10",
            "Sun, 99 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(read(nonsense, None), None, "{nonsense}");
        }
        let date = "Sun, 06 Nov 1994 08:50:20 GMT";
        assert_eq!(
            read(date, None),
            seconds(43),
            "against this machine's clock"
        );
        assert_eq!(
            read(date, Some("Sun, 06 Nov 1994 08:50:00 GMT")),
            seconds(20),
            "against the reply's own"
        );
        assert_eq!(
            read(date, Some("Sun, 06 Nov 1994 09:50:00 GMT")),
            seconds(0),
            "already past"
        );
        assert_eq!(read(date, Some("yesterday")), seconds(43));
        assert_eq!(
            read("Sunday, 06-Nov-94 08:49:40 GMT", None),
            seconds(3),
            "RFC 850"
        );
        assert_eq!(
            read("Sun Nov  6 08:49:41 1994", None),
            seconds(4),
            "asctime"
        );
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
