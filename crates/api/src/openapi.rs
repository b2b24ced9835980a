//! The description of the API, made from the code.

use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use utoipa::{
    OpenApi, ToSchema,
    openapi::{
        ContentBuilder, Info, License, Ref, RefOr, ResponseBuilder,
        path::Operation,
        security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{Problem, gate::COOKIE_NAME, router};

#[derive(OpenApi)]
#[openapi(components(schemas(Problem, docket_domain::settings::Kind)))]
struct Base;

/// The API in OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, mut api) = OpenApiRouter::with_openapi(Base::openapi()).nest("/api/v1", router::routes()).split_for_parts();
    api.info = Info::new("Docket", env!("CARGO_PKG_VERSION"));
    api.info.description = Some(
        "Instants are milliseconds UTC, ids are UUIDs. Writes carry `x-docket`: the session's `write_token`, or anything when signing in."
            .into(),
    );
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".into());
    api.info.license = Some(license);
    for item in api.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        operations.into_iter().flatten().for_each(refusable);
    }
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE_NAME)));
    let components = api.components.get_or_insert_default();
    components.security_schemes.insert("session".into(), RefOr::T(cookie));
    api.security = Some(vec![SecurityRequirement::new::<_, [String; 0], String>("session", [])]);
    api
}

/// Anything may be refused, in one shape.
fn refusable(operation: &mut Operation) {
    let shape = RefOr::Ref(Ref::from_schema_name(Problem::name()));
    let content = ContentBuilder::new().schema(Some(shape)).build();
    let response = ResponseBuilder::new().description("A refusal").content("application/json", content).build();
    operation.responses.responses.insert("default".into(), RefOr::T(response));
}

/// Serves the description.
pub(crate) async fn show() -> impl IntoResponse {
    let text = openapi().to_pretty_json().unwrap_or_default();
    ([(CONTENT_TYPE, "application/json")], text)
}
