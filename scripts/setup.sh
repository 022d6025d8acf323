#!/bin/sh
# Sets up what `make` needs. Says what it does; fails with one line that names the remedy.
#   setup.sh python VENV     a virtual environment with the locked versions, and Plimsoll in it
#   setup.sh debian          the Debian programs that the tests start (servers, a browser)
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}
log=.make/setup-${1:-}.log

fail() { echo "plimsoll set-up: $*" >&2; exit 1; }
say() { echo "plimsoll set-up: $*"; }

# Runs a long step quietly; its output is shown only where it fails.
quietly() { "$@" >"$here/$log" 2>&1 || { tail -n 20 "$here/$log" >&2; fail "failed: $* (whole output in $log)"; }; }

set_up_python() {
    venv=$1
    command -v "$python" >/dev/null 2>&1 || fail "no $python found; install it: apt-get install python3 python3-venv"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$python is $("$python" -V 2>&1 | cut -d' ' -f2); Python 3.11 or later is needed (name another with PYTHON=...)"
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$python has no venv module; install it: apt-get install python3-venv"
    if [ ! -x "$venv/bin/python" ]; then
        say "making a virtual environment in ${venv#"$here"/}"
        quietly "$python" -m venv "$venv"
    fi
    say "installing the locked versions (about 1.4 GB with all test tools; a minute or two the first time)"
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check --require-hashes -r "$here/constraints.txt"
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e "$here"
}

# program:package, one a line. A program is looked for on the PATH and where Debian puts PostgreSQL's own.
programs="promtool:prometheus
prometheus-node-exporter:prometheus-node-exporter
initdb:postgresql
chromium:chromium"

set_up_debian() {
    PATH=$PATH:/usr/sbin:$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')
    missing=""
    for line in $programs; do
        command -v "${line%%:*}" >/dev/null 2>&1 || missing="$missing ${line#*:}"
    done
    # What drives the browser needs a library that a bare Debian does not have.
    set -- /usr/lib/*/libatomic.so.1
    [ -e "$1" ] || missing="$missing libatomic1"
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null 2>&1 || fail "the tests need these programs, and there is no apt-get to install them:$missing"
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || fail "no right to install system packages; as root: apt-get install$missing"
        as_root="sudo -n"
    fi
    say "installing Debian packages:$missing"
    quietly $as_root apt-get update
    # The tests start their own servers; installing must not start one on this machine.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        trap '$as_root rm -f $policy' EXIT
        printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
        $as_root chmod 755 $policy
    fi
    # shellcheck disable=SC2086 # a list of packages
    quietly $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}

mkdir -p "$here/.make"
case ${1:-} in
python) set_up_python "${2:?the folder of the virtual environment}" ;;
debian) set_up_debian ;;
*) fail "usage: setup.sh python VENV | debian" ;;
esac
