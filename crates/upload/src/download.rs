//! Fetching a picture from an address that a profile gave.

use bytes::Bytes;
use reqwest::Url;
use reqwest::header::USER_AGENT;
use tokio::time::timeout;

use crate::events::UnderWay;
use crate::loopback::is_loopback;
use crate::method::DOWNLOAD;
use crate::retry::Tries;
use crate::wire::{from_network, silent};
use crate::{Client, Error};

impl Client {
    /// Fetches a picture, such as the one at [`Profile::image_original`](crate::Profile::image_original), of at most
    /// `longest` bytes.
    ///
    /// The token is not sent along: pictures are public, on other hosts. The address must be `https`; `http` is
    /// accepted if both it and the base URL are on loopback. Redirects are not followed. Timeouts and retries are those
    /// of any call that only reads; the rate limiter is for Slack's methods and does not count here.
    ///
    /// # Errors
    /// [`Error::Argument`] for an address that is not taken and for a picture of more than `longest` bytes; otherwise
    /// any error of the network or the status. None has changed anything.
    pub async fn download(&self, address: &str, longest: usize) -> Result<Bytes, Error> {
        let address = self.picture(address)?;
        let mut tries = Tries::default();
        loop {
            tries.sent = tries.sent.saturating_add(1);
            let request = self.teller.sent(DOWNLOAD, 0);
            let fetch = self.fetch(address.clone(), longest, &request);
            let fetched = timeout(self.timeouts.total, request.span.around(fetch)).await;
            let fetched = fetched.unwrap_or_else(|elapsed| Err(silent(DOWNLOAD, elapsed.into())));
            request.ended(&fetched);
            let error = match fetched {
                Ok(bytes) => return Ok(bytes),
                Err(error) => error,
            };
            match self.retry.wait(&error, &mut tries, fastrand::f64()) {
                Some(wait) => self.rest(DOWNLOAD, wait).await,
                None => return Err(error),
            }
        }
    }

    /// Nothing of the address is repeated in the error.
    fn picture(&self, address: &str) -> Result<Url, Error> {
        let refuse = |problem: &str| {
            Err(Error::Argument {
                argument: "the picture's address".to_owned(),
                problem: problem.to_owned(),
            })
        };
        let Ok(url) = Url::parse(address) else {
            return refuse("cannot be read");
        };
        match url.scheme() {
            _ if !url.username().is_empty() || url.password().is_some() => {
                refuse("has a user name or password in it")
            }
            "https" => Ok(url),
            // A reply must not make this machine talk to itself.
            "http" if is_loopback(&url) && self.base_url.scheme() == "http" => Ok(url),
            _ => refuse("is not https"),
        }
    }

    async fn fetch(
        &self,
        address: Url,
        longest: usize,
        under_way: &UnderWay<'_>,
    ) -> Result<Bytes, Error> {
        let request = self.http.get(address.clone());
        let request = request.header(USER_AGENT, &self.agent);
        let response = timeout(self.timeouts.idle, request.send()).await;
        let response = response.map_err(|elapsed| silent(DOWNLOAD, elapsed.into()))?;
        let mut response = match response {
            Ok(response) => response,
            Err(error) => return Err(self.read_failed(DOWNLOAD, &address, error).await),
        };
        let status = response.status().as_u16();
        under_way.replied(status, None);
        if status != 200 {
            return Err(Error::Status {
                method: DOWNLOAD,
                status,
                is_html: false,
                text: String::new(),
                retry_after: None,
                request_id: None,
            });
        }
        let mut bytes = Vec::new();
        loop {
            let piece = timeout(self.timeouts.idle, response.chunk()).await;
            let piece = piece
                .map_err(|elapsed| silent(DOWNLOAD, elapsed.into()))?
                .map_err(|error| from_network(DOWNLOAD, &address, error))?;
            let Some(piece) = piece else {
                return Ok(bytes.into());
            };
            if bytes.len() + piece.len() > longest {
                return Err(Error::Argument {
                    argument: "the picture".to_owned(),
                    problem: format!("has more than {longest} bytes, the most that is fetched"),
                });
            }
            bytes.extend_from_slice(&piece);
        }
    }
}
