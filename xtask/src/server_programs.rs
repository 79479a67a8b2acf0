//! What the server's tests start beside it: nginx with the site of deploy/, and the programs of docs/
//! in PHP. Their other languages are tested where their runtimes are.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::program::{self, Program};

const NGINX: Program = Program {
    variable: None,
    names: &["nginx"],
    package: "nginx",
};
const OPENSSL: Program = Program {
    variable: None,
    names: &["openssl"],
    package: "openssl",
};
const PHP: Program = Program {
    variable: None,
    names: &["php"],
    package: "php-cli",
};

/// They are there.
pub(crate) struct ServerPrograms {
    folder_of_nginx: PathBuf,
}

impl ServerPrograms {
    pub(crate) fn find_or_install() -> Result<Self> {
        program::find_or_install(&[NGINX, OPENSSL, PHP])?;
        let mut folder_of_nginx = NGINX.found()?;
        folder_of_nginx.pop();
        Ok(Self { folder_of_nginx })
    }

    /// Lets the tests find nginx, which is not on every user's PATH.
    pub(crate) fn on_path_of(&self, command: &mut Command) -> Result<()> {
        command::prepend_to_path(command, std::slice::from_ref(&self.folder_of_nginx))
    }
}
