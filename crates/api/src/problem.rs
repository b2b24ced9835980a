//! Refusals on the wire: one shape, one place that logs.

use axum::{
    Json,
    extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection},
    response::{IntoResponse, Response},
};
use docket_app::sync::Standing;
use docket_domain::Refusal;
use http::StatusCode;
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema},
};

/// A refusal: a stable code, a sentence for people, and the field to blame where there is one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    #[serde(skip)]
    status: StatusCode,
    /// Stable; what a program or a translation goes by.
    code: Code,
    /// For people, in English.
    message: String,
    /// The field of the input that is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// A stable code: one of those that the description of the API lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Code(&'static str);

/// The codes beyond those of the domain's refusals.
pub(crate) const CODES: &[&str] = &[
    "agent_disabled",
    "bad_backup",
    "bad_request",
    "calendar_never_open",
    "client_too_old",
    "connected_elsewhere",
    "data_folder",
    "database_unreachable",
    "device_locked",
    "device_lost",
    "device_revoked",
    "disk_full",
    "forbidden",
    "held_by_other_process",
    "internal",
    "invalid",
    "key_file",
    "keyring_locked",
    "last_administrator",
    "link_over",
    "method_not_allowed",
    "network_folder",
    "new_epoch",
    "newer_backup",
    "newer_database",
    "no_desk_there",
    "no_sender_address",
    "not_connected",
    "not_empty",
    "not_found",
    "offline",
    "on_its_way",
    "password_missing",
    "sealed_elsewhere",
    "server_disk_full",
    "server_refused",
    "sign_in_required",
    "slow_down",
    "stale",
    "too_large",
    "untrusted_server",
    "wrong_password",
];

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        let mut values: Vec<serde_json::Value> = CODES.iter().map(|code| (*code).into()).collect();
        if let RefOr::T(Schema::Object(refusals)) = Refusal::schema() {
            values.extend(refusals.enum_values.unwrap_or_default());
        }
        ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String).enum_values(Some(values)).into()
    }
}

impl ToSchema for Code {}

impl Problem {
    /// A refusal of the API itself; `code` is one of [`CODES`].
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code: Code(code), message: message.into(), field: None }
    }

    /// The request makes no sense.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// Whoever asks may not, or may not from there.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// A device that is none any more.
    pub(crate) fn device(standing: Standing) -> Self {
        let (code, words) = match standing {
            Standing::Revoked | Standing::Good => ("device_revoked", "this device was signed out of the desk; connect it again"),
            Standing::Lost => ("device_lost", "this device was reported lost"),
            Standing::Disabled => ("agent_disabled", "this agent is not active any more"),
        };
        Self::new(StatusCode::UNAUTHORIZED, code, words)
    }

    /// A desktop that speaks as this server understands no longer.
    pub(crate) fn too_old() -> Self {
        let words = format!(
            "this server ({}) needs a newer Docket than this one; install it, and nothing that waits is lost",
            env!("CARGO_PKG_VERSION")
        );
        Self::new(StatusCode::UPGRADE_REQUIRED, "client_too_old", words)
    }

    /// There is no such thing here.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    fn of_rejection(status: StatusCode, text: String) -> Self {
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(status, "too_large", "this is more than fits into one request"),
            _ => Self::bad_request(text),
        }
    }
}

impl From<docket_app::Error> for Problem {
    fn from(error: docket_app::Error) -> Self {
        use docket_app::Error as E;
        let status = match &error {
            E::Refused(_) | E::Stale | E::Held(_) => StatusCode::CONFLICT,
            E::Unavailable { code: "database_unreachable" | "newer_database" | "offline", .. } => StatusCode::SERVICE_UNAVAILABLE,
            E::Unavailable { .. } => StatusCode::CONFLICT,
            E::Invalid(_) => StatusCode::BAD_REQUEST,
            E::NotFound(_) => StatusCode::NOT_FOUND,
            E::Forbidden => StatusCode::FORBIDDEN,
            E::SignInRequired | E::WrongPassword => StatusCode::UNAUTHORIZED,
            E::SlowDown { .. } => StatusCode::TOO_MANY_REQUESTS,
            E::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            E::Disk(_) => StatusCode::INSUFFICIENT_STORAGE,
            E::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if let E::Internal(source) = &error {
            tracing::error!("a request failed: {source:#}");
        }
        Self { status, code: Code(error.code()), message: error.to_string(), field: error.field().map(str::to_owned) }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        docket_app::Error::Internal(error.into()).into()
    }
}

macro_rules! from_rejection {
    ($($rejection:ty),*) => {$(
        impl From<$rejection> for Problem {
            fn from(rejection: $rejection) -> Self {
                Self::of_rejection(rejection.status(), rejection.body_text())
            }
        }
    )*};
}

from_rejection!(JsonRejection, PathRejection, QueryRejection, BytesRejection);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}
