#!/bin/sh
# Unpacks OpenLDAP's server, which the tests of directories start, into a folder of its own, on Debian or Ubuntu,
# as root. It is not installed: that would start it, and make a configuration that nobody asked for.
#
# usage: unpack-slapd.sh FOLDER
set -eu

folder=$1
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
mkdir -p "$folder/deb" "$folder/root"
cd "$folder/deb"
# The program and whatever libraries of its are not part of every system.
for package in slapd libltdl7 libodbc2 libldap-2.5-0 libsasl2-2 libwrap0 libargon2-1; do
  apt-get download -qq "$package" 2>/dev/null || echo "without $package" >&2
done
for package in *.deb; do dpkg -x "$package" "$folder/root"; done

libraries=$(find "$folder/root" -name "*.so*" -exec dirname {} \; | sort -u | tr "\n" ":")
cat >"$folder/slapd" <<EOF
#!/bin/sh
export LD_LIBRARY_PATH="$libraries"
exec "$folder/root/usr/sbin/slapd" "\$@"
EOF
chmod +x "$folder/slapd"
