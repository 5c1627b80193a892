//! The answers of a revocation within one request: all extractors of the request act on the same.

use std::sync::Arc;

use crate::data::object::Object;
use crate::revocation::{DynRevocation, RevocationStatus, VerifiedSession};
use crate::token::timestamps::Timestamps;

#[derive(Clone, Default)]
pub(crate) struct RevocationCache(Vec<Answer>);

#[derive(Clone)]
struct Answer {
    revocation: Arc<dyn DynRevocation>,
    timestamps: Timestamps,
    object: Arc<Object>,
    status: RevocationStatus,
}

impl RevocationCache {
    /// Consults `revocation` about a session, once in a request.
    pub(crate) async fn check(
        &mut self,
        revocation: &Arc<dyn DynRevocation>,
        timestamps: Timestamps,
        object: &Arc<Object>,
    ) -> RevocationStatus {
        let known = self.0.iter().find(|answer| {
            Arc::ptr_eq(&answer.revocation, revocation)
                && answer.timestamps == timestamps
                && answer.object.text() == object.text()
        });
        if let Some(answer) = known {
            return answer.status;
        }
        let session = VerifiedSession { timestamps, object };
        let status = revocation.check(&session).await;
        self.0.push(Answer {
            revocation: Arc::clone(revocation),
            timestamps,
            object: Arc::clone(object),
            status,
        });
        status
    }
}
