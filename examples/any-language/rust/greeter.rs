use std::collections::HashMap;
use std::env;

use async_nats::service::{error::Error as ServiceError, Request, ServiceExt};
use futures_util::StreamExt;
use serde_json::{json, Value};
use tokio::signal::unix::{signal, SignalKind};

#[tokio::main]
async fn main() -> Result<(), async_nats::Error> {
    let project = env::var("FMESH_PROJECT")?;
    let client = async_nats::connect(env::var("NATS_URL")?).await?;
    let service = client
        .service_builder()
        .metadata(HashMap::from([("project".to_string(), project.clone())]))
        .start("greeter", "1.0.0")
        .await?;
    let subject = format!("fn.{project}.greeter.greet");
    let mut calls = service
        .endpoint_builder()
        .name("greet")
        .add(subject)
        .await?;
    let mut stop = signal(SignalKind::terminate())?;
    client.flush().await?;
    println!("service is up");

    loop {
        tokio::select! {
            Some(call) = calls.next() => call.respond(greet(&call).map(|result| result.to_string().into())).await?,
            _ = stop.recv() => break,
        }
    }
    service.stop().await?; // takes no new calls
    while let Some(call) = calls.next().await {
        call.respond(greet(&call).map(|result| result.to_string().into()))
            .await?;
    }
    client.flush().await?;
    Ok(())
}

fn greet(call: &Request) -> Result<Value, ServiceError> {
    let refused = |code, status: &str| ServiceError {
        code,
        status: status.to_string(),
    };
    let headers = call.message.headers.as_ref();
    let claims = headers
        .and_then(|all| all.get("Fmesh-Claims"))
        .map_or("{}", |value| value.as_str());
    let claims: Value =
        serde_json::from_str(claims).map_err(|_| refused(400, "the claims are not JSON"))?;
    let params: Value = serde_json::from_slice(&call.message.payload)
        .map_err(|_| refused(400, "the body is not JSON"))?;
    match params["name"].as_str() {
        Some(name) => Ok(json!({ "greeting": format!("Hello, {name}"), "for": claims["id"] })),
        None => Err(refused(422, "whom shall I greet?")),
    }
}
