// SPDX-License-Identifier: GPL-3.0-or-later
// Core's messages in the window's language. Pure but for the installed translations.
#pragma once

#include <QString>

#include "core/base/error.h"

namespace cohortist {

[[nodiscard]] QString translated(const Message& message);
// "what: why", as one sentence each; the advice stands apart, where there is room for it.
[[nodiscard]] QString whatAndWhy(const Error& error);
[[nodiscard]] QString whole(const Error& error);
// Of a tool tip that is shown as it is: Qt would take a name like <b>x</b> in it for markup.
[[nodiscard]] QString plainToolTip(const QString& text);
// A place in the text's UTF-8 bytes, in characters of the text.
struct CharacterSpan {
    qsizetype offset = 0;
    qsizetype length = 0;
};
[[nodiscard]] CharacterSpan inCharacters(const QString& text, TextSpan place);

} // namespace cohortist
