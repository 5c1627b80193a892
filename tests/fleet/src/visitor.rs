//! Somebody with a cookie jar, who knows how often they came.

use anyhow::{Result, ensure};
use reqwest::{Client, Response};

pub(crate) struct Visitor {
    client: Client,
    url: String,
    name: String,
    visits: u64,
    /// Answers that were not one more than the last.
    pub(crate) lost: usize,
    /// Requests that an instance did not answer, and the next one did.
    pub(crate) retried: usize,
}

impl Visitor {
    /// Signs in, so that there is a key that neither typed session of the counter knows.
    pub(crate) async fn arrive(url: &str, name: String) -> Result<Self> {
        let visitor = Self {
            client: Client::builder().cookie_store(true).build()?,
            url: url.to_owned(),
            name,
            visits: 0,
            lost: 0,
            retried: 0,
        };
        visitor
            .get(&format!("/sign-in?user={}", visitor.name))
            .await?;
        Ok(visitor)
    }

    pub(crate) async fn get(&self, path: &str) -> Result<String> {
        Ok(self.send(path).await?.text().await?)
    }

    async fn send(&self, path: &str) -> Result<Response> {
        let response = self
            .client
            .get(format!("{}{path}", self.url))
            .send()
            .await?;
        ensure!(
            response.status().is_success(),
            "{path}: {}",
            response.status()
        );
        Ok(response)
    }

    pub(crate) async fn count(&mut self) -> Result<()> {
        let response = self.send("/count").await?;
        let tried = response.headers().get("tried");
        self.retried += usize::from(tried.is_some_and(|tried| tried.as_bytes().contains(&b',')));
        let visits = response.text().await?.parse()?;
        if visits != self.visits + 1 {
            self.lost += 1;
        }
        self.visits = visits;
        Ok(())
    }

    /// Whether all is there: the name, and what both releases counted.
    pub(crate) async fn is_whole(&self) -> Result<bool> {
        let all = self.get("/all").await?;
        let mut words = all.split(' ');
        let name = words.next();
        let counts = words.map(str::parse).collect::<Result<Vec<u64>, _>>()?;
        let [visits, first, second] = counts[..] else {
            return Ok(false);
        };
        let both = first > 0 && second > 0 && first + second == visits;
        Ok(name == Some(&self.name) && both && visits == self.visits)
    }
}
