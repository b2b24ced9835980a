//! `docket agent`.

use std::io::{self, BufRead, IsTerminal};

use docket_domain::settings::Kind;
use serde_json::json;

use crate::{
    arguments::{AgentCommand, Place},
    failure::Failure,
    print, sync, team,
};

/// Adds, lists or disables agents.
pub async fn agent(place: &Place, command: AgentCommand) -> Result<(), Failure> {
    let app = place.open().await?;
    if !matches!(command, AgentCommand::List { .. }) {
        sync::refuse_connected(&app, "agents are added and disabled there")?;
    }
    match command {
        AgentCommand::Add { login, name, email, admin } => {
            let password = password()?;
            app.add_agent(&login, name.as_deref().unwrap_or(&login), &email, admin, Some(password)).await?;
            eprintln!("{login} can sign in.");
        }
        AgentCommand::List { json } => list(&app, json)?,
        AgentCommand::Disable { login } => {
            app.disable_agent(&login).await?;
            eprintln!("{login} cannot sign in any more.");
        }
        AgentCommand::Grant { login, grant } => team::grant(&app, Kind::Agent, &login, grant).await?,
        AgentCommand::Role { login, role, leave, json } => {
            let record = app.set_role(&login, &role, !leave).await?;
            team::tell(&record, json, &format!("{login} {} {role}.", if leave { "has no longer the role" } else { "has the role" }))?;
        }
    }
    app.close().await;
    Ok(())
}

fn list(app: &docket_app::App, as_json: bool) -> Result<(), Failure> {
    let agents = app.agents();
    if !as_json {
        let word = |admin: bool, valid: bool| {
            if !valid {
                "disabled"
            } else if admin {
                "administrator"
            } else {
                "agent"
            }
        };
        let row = |agent: &docket_domain::settings::Agent| {
            vec![agent.login.clone(), agent.name.clone(), agent.email.clone(), word(agent.admin, agent.valid).to_owned()]
        };
        return print::table(&agents.iter().map(|(_, agent)| row(agent)).collect::<Vec<_>>());
    }
    for (id, agent) in agents {
        let docket_domain::settings::Agent { login, name, email, admin, valid, grants, roles, .. } = agent;
        print::json(&json!({
            "id": id, "login": login, "name": name, "email": email, "admin": admin, "valid": valid, "grants": grants, "roles": roles,
        }))?;
    }
    Ok(())
}

/// The password: asked for at a terminal without showing it, else the first line of standard input.
pub fn password() -> Result<String, Failure> {
    let missing = || Failure::Usage("the password is read from standard input, and there was none".into());
    if io::stdin().is_terminal() {
        let terminal = console::Term::stderr();
        let asked = terminal.write_str("Password: ").and_then(|()| terminal.read_secure_line());
        return asked.ok().filter(|password| !password.is_empty()).ok_or_else(missing);
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|_| missing())?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() { Err(missing()) } else { Ok(password.to_owned()) }
}
