#!/bin/sh
# Installs the system libraries that Qt needs and that are missing: "run" for the app, "test" for its tests too.
set -eu

purpose=${1:?usage: install_system_packages.sh run|test}
[ "$(uname)" = Linux ] || exit 0

# "a|b" is one library under the names it has had in different releases.
packages="libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0t64|libglib2.0-0
    libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
    libxcb-render-util0 libxcb-shape0 fontconfig fonts-dejavu-core"
if [ "$purpose" = test ]; then
    packages="$packages xvfb xauth"
fi

if ! command -v dpkg-query >/dev/null 2>&1; then
    if ! ldconfig -p 2>/dev/null | grep -q 'libxcb-cursor\.so'; then
        echo "This is not a Debian-like Linux. Qt needs your system's packages for: EGL, GL, xkbcommon, D-Bus," >&2
        echo "fontconfig, GLib, xcb-cursor, xcb-icccm, xcb-image, xcb-keysyms, xcb-render-util; tests also xvfb-run." >&2
    fi
    exit 0
fi

present=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' | sed -n 's/ installed$//p')
is_present() {
    printf '%s\n' "$present" | grep -qxF "$1"
}

missing=""
for names in $packages; do
    found=no
    for name in $(printf '%s' "$names" | tr '|' ' '); do
        if is_present "$name"; then found=yes; fi
    done
    if [ "$found" = no ]; then missing="$missing $names"; fi
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "These system packages are missing, and only root can install them:$missing" >&2
        exit 1
    fi
    as_root=sudo
fi

echo "Installing system packages ..."
$as_root apt-get update -qq
chosen=""
for names in $missing; do
    for name in $(printf '%s' "$names" | tr '|' ' '); do
        if apt-cache show "$name" >/dev/null 2>&1; then
            chosen="$chosen $name"
            break
        fi
    done
done
echo "$chosen"
# shellcheck disable=SC2086  # a list of names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $chosen >/dev/null
