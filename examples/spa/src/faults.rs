//! Handlers that fail, to see what the layers make of them. Leave them out of your application.

use axum_cookie_session::Session;
use tokio::time::sleep;

use crate::TIMEOUT;

pub(crate) async fn panic(mut session: Session) -> Session {
    session.insert("lost", true);
    panic!("the handler for /api/panic always panics");
}

pub(crate) async fn slow(mut session: Session) -> Session {
    session.insert("lost", true);
    sleep(2 * TIMEOUT).await;
    session
}
