#!/bin/sh
# Installs the real log senders that the collector's tests drive, on Debian or Ubuntu, as root:
#
#   rsyslog, rsyslog-gnutls   rsyslogd, with TLS
#   bsdutils                  logger
#   curl, openssl             HTTP by hand; test certificates
#
# syslog-ng can't be installed beside rsyslog, so it is unpacked into a folder of its own and started through
# a wrapper. Prints the line that makes the tests find it.
#
# usage: install-senders.sh [FOLDER]
set -eu

folder=${1:-${TMPDIR:-/tmp}/vigie-senders}
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
apt-get install -y -qq --no-install-recommends rsyslog rsyslog-gnutls bsdutils curl openssl >/dev/null

mkdir -p "$folder/deb" "$folder/root"
cd "$folder/deb"
apt-get download -qq syslog-ng-core libivykis0 libnet1 libwrap0 libjson-c5 libpcre3
for package in *.deb; do dpkg -x "$package" "$folder/root"; done

libraries=$(find "$folder/root" -name "*.so*" -exec dirname {} \; | sort -u | tr "\n" ":")
modules=$(dirname "$(find "$folder/root/usr/lib" -name libaffile.so | head -n 1)")
cat >"$folder/syslog-ng" <<EOF
#!/bin/sh
export LD_LIBRARY_PATH="$libraries"
exec "$folder/root/usr/sbin/syslog-ng" --module-path="$modules" "\$@"
EOF
chmod +x "$folder/syslog-ng"

echo "VIGIE_SYSLOG_NG=$folder/syslog-ng"
