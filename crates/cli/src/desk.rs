//! Opening the desk that the arguments name, and finding things in it by the names people use.

use std::path::PathBuf;

use docket_app::{App, Database, Hold, HostKind, Options};
use docket_domain::{AgentId, PriorityId, QueueId, StateId, access::FOLDER, calendar::Calendar};
use docket_sync::Roads;
use url::Url;

use crate::{arguments::Place, failure::Failure};

/// A database by its URL; may hold a password, which an argument may not.
const DATABASE_URL: &str = "DOCKET_DATABASE_URL";

impl Place {
    /// How to open the desk.
    pub fn options(&self, hold: Hold) -> Result<Options, Failure> {
        let data = match &self.data {
            Some(folder) => folder.clone(),
            None => usual_folder()?,
        };
        Ok(Options { data, database: self.database()?, hold, host: HostKind::Server, key_file: self.key_file.clone() })
    }

    /// Opens the desk beside whoever holds it, or holds it for the time of this command.
    pub async fn open(&self) -> Result<App, Failure> {
        let mut options = self.options(Hold::Beside)?;
        let key = options.key_file.clone().unwrap_or_else(|| options.data.join("key"));
        if options.database.is_none() && options.data.join("docket.db").is_file() && !key.exists() {
            // The window made this desk, and its key lies in the system's keyring: a key of our own would not open anything.
            options.host = HostKind::Desktop;
        }
        let app = App::open(options).await?;
        docket_sync::reach(&app, &Roads::open(None)?);
        Ok(app)
    }

    /// Opens the desk and holds it; refuses when somebody else does.
    pub async fn hold(&self, program: &str) -> Result<App, Failure> {
        let app = App::open(self.options(Hold::Holder(program.to_owned()))?).await?;
        docket_sync::call_for(&app);
        Ok(app)
    }

    fn database(&self) -> Result<Option<Database>, Failure> {
        if let Some(url) = &self.database {
            return open_url(url).map(Some);
        }
        if let Some(file) = &self.database_file {
            let text =
                std::fs::read_to_string(file).map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", file.display())))?;
            return postgres(text.trim()).map(Some);
        }
        match std::env::var(DATABASE_URL) {
            Ok(url) if !url.is_empty() => postgres(&url).map(Some),
            _ => Ok(None),
        }
    }
}

/// An argument can be read by everybody on this computer, so it must not hold a password.
fn open_url(url: &str) -> Result<Database, Failure> {
    let parsed = Url::parse(url).map_err(|_| not_postgres())?;
    if parsed.password().is_some() || parsed.query_pairs().any(|(name, _)| name == "password") {
        return Err(Failure::Usage(format!(
            "a password in an argument can be read by everybody on this computer; put the URL into {DATABASE_URL} or into a file \
             and name that with --database-file"
        )));
    }
    postgres(url)
}

fn postgres(url: &str) -> Result<Database, Failure> {
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "postgres" | "postgresql") => Ok(Database::Postgres(url.to_owned())),
        _ => Err(not_postgres()),
    }
}

fn not_postgres() -> Failure {
    Failure::Usage("the database must be named as postgres://user@host/name".into())
}

fn usual_folder() -> Result<PathBuf, Failure> {
    let data = dirs::data_local_dir().map(|data| data.join("docket").join("desk"));
    data.ok_or_else(|| Failure::Usage("there is no home folder to keep the desk in; name one with --data DIR".into()))
}

/// Who reads: the named agent with their rights, or whoever has the data folder in hand, who sees all of it.
pub fn reader(app: &App, login: Option<&str>) -> Result<AgentId, Failure> {
    match login {
        Some(_) => Ok(find_actor(app, login)?.unwrap_or(FOLDER)),
        None => Ok(FOLDER),
    }
}

/// Whose views are read: `mine` is that of the named agent, or of the first administrator.
pub fn viewer(app: &App, login: Option<&str>, view: &str) -> Result<AgentId, Failure> {
    match view {
        "mine" | "locked" | "reminders" | "watched" | "snoozed" | "silent" => Ok(find_actor(app, login)?.unwrap_or(FOLDER)),
        _ => reader(app, login),
    }
}

/// Who acts: the named agent, or the first administrator. A desk without agents gets one, named as the system's user.
pub async fn actor(app: &App, login: Option<&str>) -> Result<AgentId, Failure> {
    if let Some(agent) = find_actor(app, login)? {
        return Ok(agent);
    }
    let user = ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()));
    let user = user.unwrap_or_else(|| "admin".into());
    Ok(app.add_agent(&user, &user, "", true, None).await?)
}

fn find_actor(app: &App, login: Option<&str>) -> Result<Option<AgentId>, Failure> {
    let settings = app.settings();
    if let Some(connected) = app.connected() {
        let own = settings.agents.get(&connected.agent).is_none_or(|agent| login.is_none_or(|login| agent.login == login));
        let another = || Failure::refused("this data folder belongs to another agent; open one that is connected with that login");
        return own.then_some(Some(connected.agent)).ok_or_else(another);
    }
    let agents = settings.agents.iter().filter(|(_, agent)| agent.valid);
    if let Some(login) = login {
        return agent(app, login).map(Some);
    }
    Ok(agents.min_by_key(|(id, agent)| (!agent.admin, **id)).map(|(id, _)| *id))
}

/// An agent by their login.
pub fn agent(app: &App, login: &str) -> Result<AgentId, Failure> {
    let settings = app.settings();
    let found = settings.agents.iter().find(|(_, agent)| agent.valid && agent.login == login);
    found.map(|(id, _)| *id).ok_or_else(|| Failure::refused(format!("there is no agent {login}")))
}

/// A queue by its name.
pub fn queue(app: &App, name: &str) -> Result<QueueId, Failure> {
    let settings = app.settings();
    let names = settings.queues.iter().filter(|(_, queue)| queue.valid).map(|(id, queue)| (*id, queue.name.as_str()));
    by_name("queue", name, names)
}

/// A state by its name.
pub fn state(app: &App, name: &str) -> Result<StateId, Failure> {
    let settings = app.settings();
    by_name("state", name, settings.states.iter().filter(|(_, state)| state.valid).map(|(id, state)| (*id, state.name.as_str())))
}

/// A priority by its name, or its rank.
pub fn priority(app: &App, name: &str) -> Result<PriorityId, Failure> {
    let settings = app.settings();
    let rank = settings.priorities.iter().find(|(_, priority)| priority.valid && priority.rank.to_string() == name);
    match rank {
        Some((id, _)) => Ok(*id),
        None => by_name(
            "priority",
            name,
            settings.priorities.iter().filter(|(_, priority)| priority.valid).map(|(id, priority)| (*id, priority.name.as_str())),
        ),
    }
}

/// A calendar by its name.
pub fn calendar(app: &App, name: &str) -> Result<Calendar, Failure> {
    let settings = app.settings();
    let id = by_name("calendar", name, settings.calendars.iter().map(|(id, calendar)| (*id, calendar.name.as_str())))?;
    settings.calendars.get(&id).cloned().ok_or_else(|| Failure::refused("that calendar is gone"))
}

fn by_name<'a, Id>(kind: &str, wanted: &str, all: impl Iterator<Item = (Id, &'a str)>) -> Result<Id, Failure> {
    let mut names = Vec::new();
    for (id, name) in all {
        if name.to_lowercase() == wanted.to_lowercase() {
            return Ok(id);
        }
        names.push(name);
    }
    names.sort_unstable();
    Err(Failure::refused(format!("there is no {kind} \"{wanted}\"; there are: {}", names.join(", "))))
}

/// Says that mail waits, when nobody is there to send it.
pub async fn say_what_waits(app: &App) -> Result<(), Failure> {
    let waiting = app.mails_waiting().await?;
    if app.holds() && waiting > 0 {
        let mails = if waiting == 1 { "1 mail waits" } else { &format!("{waiting} mails wait") };
        eprintln!("{mails} until Docket runs (docket serve, or its window).");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_may_not_hold_a_password() {
        assert!(matches!(open_url("postgres://desk@db.example.org/desk"), Ok(Database::Postgres(_))));
        for url in ["postgres://desk:secret@db.example.org/desk", "postgres://db.example.org/desk?user=desk&password=secret"] {
            let Err(Failure::Usage(message)) = open_url(url) else { panic!("{url} was taken") };
            assert!(message.contains("--database-file") && message.contains(DATABASE_URL), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
        assert!(matches!(open_url("mysql://desk@db.example.org/desk"), Err(Failure::Usage(_))));
    }

    #[test]
    fn names_are_found_whatever_their_case() {
        let queues = || [(1, "Service Desk"), (2, "Raw")].into_iter();
        assert_eq!(by_name("queue", "service desk", queues()).unwrap(), 1);
        let failure = by_name("queue", "Misc", queues()).unwrap_err().to_string();
        assert!(failure.contains("Raw, Service Desk"), "{failure}");
    }
}
