#!/bin/sh
# Starts Penwright; bin/penwright of each installation. What the program can't tell itself is told here, before
# it: a C library that is too old for it, and an upgrade that ended half-way. Costs one small process.
stamp="@STAMP@"
least="@GLIBC@"

self="$0"
case "$self" in
*/*) ;;
*) self="./$self" ;;
esac
if [ -L "$self" ]; then self="$(readlink -f "$self")"; fi
home="${self%/*}/../lib/penwright"

# To a terminal, or where there is none, as with a start from the menu, to the desktop.
refuse() {
    echo "$1" >&2
    [ -t 2 ] || notify-send Penwright "$1" 2>/dev/null || true
    exit 2
}

if command -v getconf >/dev/null 2>&1; then
    libc="$(getconf GNU_LIBC_VERSION 2>/dev/null)"
else
    libc="$least" # it can't be asked
fi
libc="${libc#glibc }"
case "$libc" in
[0-9]*.[0-9]*)
    minor="${libc#*.}"
    minor="${minor%%[!0-9]*}"
    if [ "${libc%%.*}" -lt "${least%%.*}" ] ||
        { [ "${libc%%.*}" -eq "${least%%.*}" ] && [ "$minor" -lt "${least#*.}" ]; }; then
        refuse "Penwright needs a system with glibc $least or newer; this one has $libc. Use a newer release of it."
    fi
    ;;
*)
    refuse "Penwright needs a system with glibc $least or newer; this one has another C library."
    ;;
esac

if [ "${1:-}" = --check-system ]; then exit 0; fi

# The stamp is the last of the program's files to be put in place, this script the first.
there=""
if [ -r "$home/stamp" ]; then read -r there <"$home/stamp"; fi
if [ "$there" != "$stamp" ] || [ ! -x "$home/penwright" ]; then
    refuse "An installation of Penwright did not finish. Install it once more; your texts are untouched."
fi
exec "$home/penwright" "$@"
