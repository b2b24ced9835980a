//! What can be typed about agents, groups and roles.

use clap::{Args, Subcommand};
use docket_domain::access::Right;

/// What to do with agents.
#[derive(Subcommand, Debug)]
pub enum AgentCommand {
    /// Add an agent; the password is read from standard input
    Add {
        /// What they type to sign in
        login: String,
        /// Their name, as customers see it [default: the login]
        #[arg(long)]
        name: Option<String>,
        /// Their own mail address
        #[arg(long, default_value = "")]
        email: String,
        /// May change settings
        #[arg(long)]
        admin: bool,
    },
    /// List the agents
    List {
        /// One JSON line an agent
        #[arg(long)]
        json: bool,
    },
    /// Keep an agent from signing in; what they did stays theirs
    Disable {
        /// Their login
        login: String,
    },
    /// Give an agent these rights in a group, and no others there
    Grant {
        /// Their login
        login: String,
        #[command(flatten)]
        grant: Grant,
    },
    /// Give an agent a role
    Role {
        /// Their login
        login: String,
        /// The role's name
        role: String,
        /// Take it back instead
        #[arg(long)]
        leave: bool,
        /// Prints the agent's record as JSON
        #[arg(long)]
        json: bool,
    },
}

/// What to do with groups.
#[derive(Subcommand, Debug)]
pub enum GroupCommand {
    /// Add a group; nobody has rights in it yet
    Add(Named),
    /// List the groups and their queues
    List {
        /// One JSON line a group
        #[arg(long)]
        json: bool,
    },
}

/// What to do with roles.
#[derive(Subcommand, Debug)]
pub enum RoleCommand {
    /// Add a role
    Add(Named),
    /// List the roles and what they give
    List {
        /// One JSON line a role
        #[arg(long)]
        json: bool,
    },
    /// Give a role these rights in a group, and no others there
    Grant {
        /// The role's name
        role: String,
        #[command(flatten)]
        grant: Grant,
    },
}

/// A new group or role.
#[derive(Args, Debug)]
pub struct Named {
    /// Its name
    pub name: String,
    /// What it is for
    #[arg(long, default_value = "")]
    pub comment: String,
    /// Prints its record as JSON
    #[arg(long)]
    pub json: bool,
}

/// Rights in a group.
#[derive(Args, Debug)]
#[group(skip)]
pub struct Grant {
    /// The group's name
    pub group: String,
    /// ro, move_into, create, note, owner, priority or rw, which is all of them; "none" takes all away
    #[arg(required = true, num_args = 1.., value_parser = right)]
    pub rights: Vec<Given>,
    /// Prints the record as JSON
    #[arg(long)]
    pub json: bool,
}

/// A right, or none.
pub type Given = Option<Right>;

fn right(text: &str) -> Result<Given, String> {
    if text == "none" {
        return Ok(None);
    }
    let known = Right::ALL.into_iter().find(|right| right.as_str() == text);
    known.map(Some).ok_or_else(|| format!("rights are {} and none", Right::ALL.map(Right::as_str).join(", ")))
}
