use std::path::Path;
use std::process::{Command, Stdio};

use crate::load::program;
use crate::{deployed, site, with};

/// Starts the container's command with its variables, its settings and its secrets, as Kubernetes would mount
/// them, and calls what its probes call.
pub(crate) fn the_deployment_starts_with_its_settings_and_its_probes_pass() {
    let manifests = deployed("kubernetes.yaml");
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/pantoken.db", folder.path().display());
    for (name, secret) in [
        ("agent-secret-key", "22f3b3cc2ae84451"),
        ("api-key", "an-api-key-of-tests"),
        ("store-key", &"0123456789abcdef".repeat(4)),
        ("webhook-secret", "a-webhook-secret-of-tests"),
        ("database-url", &database),
    ] {
        let documented = format!("--from-literal={name}=");
        assert!(manifests.contains(&documented), "{name}");
        std::fs::write(folder.path().join(name), secret).unwrap();
    }
    let (_, settings) = manifests.split_once("  pantoken.toml: |\n").unwrap();
    let (settings, _) = settings.split_once("---").unwrap();
    let settings = with(
        settings.replace("    ", ""),
        &[
            ("0.0.0.0:3019", "127.0.0.1:0"),
            ("0.0.0.0:3029", "127.0.0.1:0"),
        ],
    );
    std::fs::write(folder.path().join("pantoken.toml"), settings).unwrap();

    let (_, deployment) = manifests.split_once("kind: Deployment\n").unwrap();
    let (_, arguments) = deployment.split_once("args: [").unwrap();
    let (arguments, _) = arguments.split_once(']').unwrap();
    let mounted = |path: &str| {
        let path = path.replace("/secrets/", "/settings/");
        path.replace("/settings", folder.path().to_str().unwrap())
    };
    let mut serve = Command::new(env!("CARGO_BIN_EXE_pantoken"));
    serve
        .env_clear()
        .current_dir(Path::new("/"))
        .args(arguments.split(", ").map(mounted))
        .stdout(Stdio::piped());
    for line in deployment.lines() {
        let variable = line.trim().strip_prefix("- {name: PANTOKEN_");
        let Some((name, value)) = variable.and_then(|rest| rest.split_once(", value: ")) else {
            continue;
        };
        let value = mounted(value.trim_end_matches('}'));
        serve.env(format!("PANTOKEN_{name}"), value);
    }
    let (_pantoken, address) = program::start(&mut serve);
    let probes: Vec<_> = deployment
        .split("httpGet: {path: ")
        .skip(1)
        .map(|rest| rest.split_once(", port: http}").unwrap().0)
        .collect();
    assert_eq!(probes, ["/healthz", "/readyz", "/healthz"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = site::client("127.0.0.1");
        for path in probes {
            let url = format!("http://{address}{path}");
            assert_eq!(client.get(url).send().await.unwrap().status(), 200);
        }
    });
    assert!(folder.path().join("pantoken.db").exists());
}

pub(crate) fn every_container_is_confined() {
    let manifests = deployed("kubernetes.yaml");
    let containers = manifests.matches("          image: ").count();
    assert_eq!(containers, 2);
    let image = concat!("image: pantoken:", env!("CARGO_PKG_VERSION"), "\n");
    for line in [
        image,
        "allowPrivilegeEscalation: false\n",
        "readOnlyRootFilesystem: true\n",
        "capabilities: {drop: [ALL]}\n",
        "runAsNonRoot: true\n",
        "runAsUser: 65532\n",
        "seccompProfile: {type: RuntimeDefault}\n",
        "automountServiceAccountToken: false\n",
    ] {
        assert_eq!(manifests.matches(line).count(), containers, "{line}");
    }
    assert!(deployed("Dockerfile").contains("\nUSER 65532:65532\n"));
}
