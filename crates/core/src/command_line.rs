use std::fs;
use std::io;
use std::path::Path;

use clap::Command;
use clap_complete::Shell;

/// Writes the manual pages of a program into `man` in this folder, and its completions for Bash, Zsh and Fish into
/// `completions`. Both are made from the description that `--help` prints.
///
/// # Errors
/// Returns an error if a file cannot be written.
pub fn write_documents(mut program: Command, folder: &Path) -> io::Result<()> {
    let (manual, completions) = (folder.join("man"), folder.join("completions"));
    fs::create_dir_all(&manual)?;
    fs::create_dir_all(&completions)?;
    let name = program.get_name().to_owned();
    // `man pantoken-help-serve` would say less than `man pantoken-serve`.
    let described = program.clone().disable_help_subcommand(true);
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut program, name.clone(), &completions)?;
    }
    clap_mangen::generate_to(described, &manual)
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    #[test]
    fn the_manual_and_the_completions_name_every_flag() {
        let folder = tempfile::tempdir().unwrap();
        let open = Command::new("open").arg(Arg::new("door").long("door"));
        let open = open.subcommand(Command::new("half"));
        let program = Command::new("shop").subcommand(open);
        write_documents(program, folder.path()).unwrap();
        for file in [
            "man/shop-open.1",
            "completions/shop.bash",
            "completions/_shop",
            "completions/shop.fish",
        ] {
            let text = fs::read_to_string(folder.path().join(file)).unwrap();
            assert!(text.contains("door"), "{file}");
        }
        let pages = fs::read_dir(folder.path().join("man")).unwrap();
        let mut pages: Vec<_> = pages.map(|page| page.unwrap().file_name()).collect();
        pages.sort();
        assert_eq!(pages, ["shop-open-half.1", "shop-open.1", "shop.1"]);
    }
}
