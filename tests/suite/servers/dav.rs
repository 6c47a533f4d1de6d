//! WebDAV servers.

use std::fs;
use std::process::Command;

use super::{Server, program, python};

impl Server {
    /// wsgidav: locks and conditions; a user `ada` with the password `SECRET-OF-DAV`.
    pub fn wsgidav() -> Option<Self> {
        let home = python("wsgidav")?;
        Some(Self::start("wsgidav", |port, folder| {
            let data = folder.join("data");
            fs::create_dir(&data).unwrap();
            let settings = format!(
                "host: 127.0.0.1\nport: {port}\nprovider_mapping:\n  '/': '{}'\n\
                 http_authenticator:\n  accept_basic: true\n  accept_digest: false\n  \
                 default_to_digest: false\nsimple_dc:\n  user_mapping:\n    '*':\n      \
                 'ada':\n        password: 'SECRET-OF-DAV'\nlock_storage: true\n\
                 property_manager: true\n",
                data.display()
            );
            fs::write(folder.join("dav.yaml"), settings).unwrap();
            let mut command = Command::new("python3");
            command.env("PYTHONPATH", home).args([
                "-c",
                "from wsgidav.server.server_cli import run; run()",
                "-c",
            ]);
            command.arg(folder.join("dav.yaml"));
            command
        }))
    }

    /// nginx with WebDAV: no conditions, and locks only if asked to have them.
    pub fn nginx_dav(locks: bool) -> Option<Self> {
        let module = "/usr/lib/nginx/modules/ngx_http_dav_ext_module.so";
        program("nginx-dav", module)?;
        Some(Self::start("nginx-dav", |port, folder| {
            let inside = folder.display();
            fs::create_dir(folder.join("data")).unwrap();
            let (zone, lock, words) = if locks {
                (
                    "dav_ext_lock_zone zone=locks:1m;",
                    "dav_ext_lock zone=locks;",
                    "LOCK UNLOCK",
                )
            } else {
                ("", "", "")
            };
            let settings = format!(
                "load_module {module};\n\
                 daemon off; master_process off; user root; pid {inside}/pid; error_log {inside}/log;\n\
                 events {{ worker_connections 512; }}\n\
                 http {{ access_log off; {zone}\n\
                 client_body_temp_path {inside}/body; proxy_temp_path {inside}/proxy;\n\
                 fastcgi_temp_path {inside}/fastcgi; uwsgi_temp_path {inside}/uwsgi;\n\
                 scgi_temp_path {inside}/scgi;\n\
                 server {{ listen 127.0.0.1:{port}; root {inside}/data;\n\
                 location / {{ dav_methods PUT DELETE MKCOL COPY MOVE; {lock}\n\
                 dav_ext_methods PROPFIND OPTIONS {words}; create_full_put_path on;\n\
                 client_max_body_size 64m; }} }} }}\n"
            );
            fs::write(folder.join("nginx.conf"), settings).unwrap();
            let mut command = Command::new("/usr/sbin/nginx");
            command.arg("-c").arg(folder.join("nginx.conf"));
            command
        }))
    }
}
