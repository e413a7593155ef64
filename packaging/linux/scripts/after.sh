#!/bin/sh
# Menus, icons and types of files are found at once; what lacks a tool finds them at the next login.
# Nothing here looks into anybody's home: texts, settings and models are the writers', also when all else is purged.
set -e
if command -v update-desktop-database >/dev/null 2>&1; then
    update-desktop-database -q /usr/share/applications || true
fi
if command -v gtk-update-icon-cache >/dev/null 2>&1 && [ -d /usr/share/icons/hicolor ]; then
    gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor || true
fi
if [ "${1:-}" = purge ]; then
    echo "Penwright is purged. Texts, settings and models of those who used it stay in their homes:" \
        "~/.config/penwright, ~/.local/share/penwright."
fi
