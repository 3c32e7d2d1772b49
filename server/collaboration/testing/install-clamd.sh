#!/bin/sh
# Unpacks ClamAV's daemon from Debian's packages into a folder of its own, without its database and without
# installing anything. Prints the line that makes the tests find it.
#
# usage: install-clamd.sh [FOLDER]
set -eu

folder=${1:-${TMPDIR:-/tmp}/vigie-clamd}
mkdir -p "$folder/deb" "$folder/root"
cd "$folder/deb"
apt-get update -qq
apt-get download -qq clamav-daemon libclamav12 libmspack0 libjson-c5 libxml2 libcurl4 libncurses6 libtinfo6 \
  libpcre2-8-0 libssl3 libsystemd0
for package in *.deb; do dpkg -x "$package" "$folder/root"; done

libraries=$(find "$folder/root" -name "*.so*" -exec dirname {} \; | sort -u | tr "\n" ":")
cat >"$folder/clamd" <<WRAPPER
#!/bin/sh
export LD_LIBRARY_PATH="$libraries"
exec "$folder/root/usr/sbin/clamd" "\$@"
WRAPPER
chmod +x "$folder/clamd"

echo "VIGIE_CLAMD=$folder/clamd"
