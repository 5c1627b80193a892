use anyhow::{Result, ensure};
use serde_json::json;

use crate::settings::Settings;
use crate::site::SHOP;
use crate::stage::Stage;

const SEEN: &str = "
    const store = (await cookieStore.getAll()).map(cookie => cookie.name);
    return { store, document: document.cookie.split('=')[0] }";

pub(super) fn play(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for http_only in [true, false] {
        let settings = Settings {
            http_only,
            ..Settings::default()
        };
        let name = &settings.name;
        browser.open(&stage.site.url(SHOP, &settings.at("/login", &[])))?;
        let seen = browser.script(SEEN)?;
        let expected = match http_only {
            true => json!({ "store": [], "document": "" }),
            false => json!({ "store": [name], "document": name }),
        };
        ensure!(
            seen == expected,
            "HttpOnly {http_only}: a script sees {seen}"
        );

        // A script can neither replace nor remove what it does not see.
        let page = stage.site.url(SHOP, &settings.at("/who", &[]));
        browser.script(&format!(
            "document.cookie = '{name}=forged; Secure; Path=/';
             await cookieStore.set({{ name: '{name}', value: 'forged' }}).catch(() => 0);
             await cookieStore.delete('{name}').catch(() => 0)"
        ))?;
        browser.open(&page)?;
        browser.expect("h1", if http_only { "ada" } else { "nobody" })?;
        browser.forget_cookies()?;
    }
    Ok(())
}
