//! Git's own server over HTTP, behind nginx, with a name and a password for those who push.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Server, is_missing, program};

/// A bare repository that is pushed to over HTTP.
pub struct GitHttp {
    pub nginx: Server,
    fcgiwrap: Child,
}

impl Drop for GitHttp {
    fn drop(&mut self) {
        let _ = self.fcgiwrap.kill();
        let _ = self.fcgiwrap.wait();
    }
}

impl GitHttp {
    /// Starts it; Ada, whose password is `wheel`, may push.
    pub fn start() -> Option<Self> {
        let fcgiwrap = program("git-http", "/usr/sbin/fcgiwrap")?;
        let hash = Command::new("openssl")
            .args(["passwd", "-apr1", "wheel"])
            .output();
        let Ok(hash) = hash else {
            assert!(is_missing("openssl"));
            return None;
        };
        let hash = String::from_utf8(hash.stdout).unwrap();
        let mut socket = None;
        let nginx = Server::nginx(|port, folder| {
            fs::write(folder.join("users"), format!("ada:{hash}")).unwrap();
            make(&folder.join("site.git"));
            let inside = folder.display();
            let exec = Command::new("git")
                .arg("--exec-path")
                .output()
                .unwrap()
                .stdout;
            let exec = String::from_utf8(exec).unwrap();
            socket = Some(folder.join("fcgi"));
            format!(
                "server {{ listen 127.0.0.1:{port}; client_max_body_size 0;\n\
                 location / {{ auth_basic git; auth_basic_user_file {inside}/users;\n\
                 fastcgi_pass unix:{inside}/fcgi;\n\
                 fastcgi_param SCRIPT_FILENAME {}/git-http-backend;\n\
                 fastcgi_param GIT_HTTP_EXPORT_ALL 1; fastcgi_param GIT_PROJECT_ROOT {inside};\n\
                 fastcgi_param PATH_INFO $uri; fastcgi_param REMOTE_USER $remote_user;\n\
                 fastcgi_param QUERY_STRING $query_string;\n\
                 fastcgi_param REQUEST_METHOD $request_method;\n\
                 fastcgi_param CONTENT_TYPE $content_type;\n\
                 fastcgi_param CONTENT_LENGTH $content_length;\n\
                 fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;\n\
                 fastcgi_param GIT_PROTOCOL $http_git_protocol; }} }}",
                exec.trim()
            )
        })?;
        let fcgiwrap = Command::new(fcgiwrap)
            // One process: more of them would outlive the one that is known here.
            .args(["-c", "1", "-s"])
            .arg(format!("unix:{}", socket?.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self { nginx, fcgiwrap })
    }

    /// The address, with a name and password or without.
    pub fn address(&self, login: &str) -> String {
        format!("http://{login}127.0.0.1:{}/site.git", self.nginx.port)
    }
}

/// Makes a bare repository.
pub fn make(path: &Path) {
    let run = |args: &[&str]| {
        let done = Command::new("git").arg("-C").arg(path).args(args).status();
        assert!(done.unwrap().success());
    };
    fs::create_dir_all(path).unwrap();
    run(&["init", "--quiet", "--bare", "--initial-branch=main"]);
    run(&["config", "http.receivepack", "true"]);
}
