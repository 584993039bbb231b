//! What the browser shows when it comes back. It contains no code and no token.

/// A whole reply: no script, no outside resources, not in a frame, never cached.
pub(super) fn reply(status: &str, title: &str, text: &str) -> String {
    let (title, text) = (escape(title), escape(text));
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – headshot</title>\n<link rel=\"icon\" href=\"data:,\">\n</head>\n\
         <body style=\"font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem\">\n\
         <h1>{title}</h1>\n<p>{text}</p>\n</body>\n</html>\n"
    );
    let length = html.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {length}\r\nconnection: close\r\n\
         cache-control: no-store\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\n\
         content-security-policy: default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'\r\n\r\n{html}"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
