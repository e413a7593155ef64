#!/bin/sh
# Installs Penwright for you alone, in ~/.local, or takes it away again:
#     ./install.sh              ./install.sh --uninstall
# Your texts, settings and models are never touched.
set -eu
cd "$(dirname "$0")"
prefix="${PENWRIGHT_PREFIX:-$HOME/.local}"
share="${XDG_DATA_HOME:-$HOME/.local/share}"
home="$prefix/lib/penwright"
entry="$share/applications/@APPLICATION@.desktop"

case "${1:-}" in
--uninstall)
    rm -rf "$home" "$home.new" "$home.old"
    rm -f "$prefix/bin/penwright" "$entry" "$share/metainfo/@APPLICATION@.metainfo.xml"
    if command -v update-desktop-database >/dev/null 2>&1; then
        update-desktop-database -q "$share/applications" 2>/dev/null || true
        # Its list of types has its heading alone where this was the only program.
        if [ "$(wc -l <"$share/applications/mimeinfo.cache" 2>/dev/null)" = 1 ]; then
            rm -f "$share/applications/mimeinfo.cache"
        fi
    fi
    find "$share/icons/hicolor" \( -name '@APPLICATION@.*' -o -name '@APPLICATION@-symbolic.svg' \) -delete 2>/dev/null || true
    echo "Penwright is gone. Your texts, settings and models are where they were."
    exit 0
    ;;
"") ;;
*)
    echo "usage: ./install.sh [--uninstall]" >&2
    exit 2
    ;;
esac

# The launcher knows what the program needs of a system; asked with nothing installed yet, it says that alone.
sh usr/bin/penwright --check-system || exit 1

undone() {
    rm -rf "$home.new"
    if [ -d "$home.old" ] && [ ! -d "$home" ]; then mv "$home.old" "$home"; fi
    echo "Penwright could not be installed in $prefix; what was there before is still there." >&2
}
trap 'undone' EXIT
mkdir -p "$prefix/lib" "$prefix/bin" "$share"
# The new program is whole beside the old one before it takes its place.
rm -rf "$home.new" "$home.old"
cp -a usr/lib/penwright "$home.new"
if [ -d "$home" ]; then mv "$home" "$home.old"; fi
mv "$home.new" "$home"
cp -a usr/bin/penwright "$prefix/bin/penwright.new"
mv "$prefix/bin/penwright.new" "$prefix/bin/penwright"
trap - EXIT
rm -rf "$home.old"
cp -a usr/share/icons usr/share/metainfo usr/share/applications "$share/"
# A menu may not have ~/.local/bin on its path; quotes, so that any folder will do.
command="$(printf '%s' "$prefix/bin/penwright" | sed 's/[&|\\]/\\&/g')"
sed -i "s|^Exec=penwright|Exec=\"$command\"|" "$entry"
if command -v update-desktop-database >/dev/null 2>&1; then
    update-desktop-database -q "$share/applications" || true
fi
echo "Penwright is installed. Start it from the menu, or as $prefix/bin/penwright."
