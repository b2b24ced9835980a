//! What handlers take in; each turns what does not fit into a [`Problem`].

use axum::{
    extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request},
    response::{IntoResponse, Response},
};
use docket_domain::AgentId;
use http::{StatusCode, request::Parts};
use serde::{Serialize, de::DeserializeOwned};

use crate::{gate::Caller, problem::Problem, router::Context};

/// What most handlers answer.
pub(crate) type Answer<T> = Result<Json<T>, Problem>;

/// What handlers answer that have nothing to tell.
pub(crate) type Done = Result<StatusCode, Problem>;

/// JSON, in and out.
pub(crate) struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let axum::Json(value) = axum::Json::from_request(request, state).await?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Parts of the path.
pub(crate) struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Path(value) = <axum::extract::Path<T> as FromRequestParts<S>>::from_request_parts(parts, state).await?;
        Ok(Self(value))
    }
}

/// What stands behind the question mark.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let axum::extract::Query(value) = axum::extract::Query::from_request_parts(parts, state).await?;
        Ok(Self(value))
    }
}

/// The raw bytes of the body.
pub(crate) struct Raw(pub Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = axum::body::Bytes::from_request(request, state).await?;
        Ok(Self(bytes.into()))
    }
}

/// The agent who asks; nobody gets past it unknown.
#[derive(Clone, Copy)]
pub(crate) struct Me(pub AgentId);

impl FromRequestParts<Context> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Context) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>();
        let agent = caller.and_then(|caller| caller.agent).ok_or(docket_app::Error::SignInRequired)?;
        Ok(Self(agent))
    }
}

impl OptionalFromRequestParts<Context> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Context) -> Result<Option<Self>, Problem> {
        Ok(parts.extensions.get::<Caller>().and_then(|caller| caller.agent).map(Self))
    }
}

/// The connected desktop that asks.
#[derive(Clone, Copy)]
pub(crate) struct Device(pub docket_app::sync::Asking);

impl FromRequestParts<Context> for Device {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Context) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().filter(|caller| caller.agent.is_some());
        let asking = caller.and_then(|caller| caller.device).ok_or(docket_app::Error::SignInRequired)?;
        Ok(Self(asking))
    }
}

/// That an administrator asks.
pub(crate) struct Admin;

impl FromRequestParts<Context> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Problem> {
        let Me(me) = <Me as FromRequestParts<Context>>::from_request_parts(parts, context).await?;
        if context.app.is_admin(me) { Ok(Self) } else { Err(docket_app::Error::Forbidden.into()) }
    }
}
