// SPDX-License-Identifier: GPL-3.0-or-later
// What to do about a server's fault, in the words of the connect dialog's fields. Core's own advice
// is for who writes an address, and speaks of its schemes and parameters. A pure function.
#pragma once

#include <QString>

#include "core/base/error.h"
#include "ui/sources/server_form.h"

namespace cohortist {

// form: what the fields said when it happened. Core's advice where it names no part of an address.
[[nodiscard]] QString adviceFor(const Error& error, const ServerForm& form);

// The same fault of a server or a file that the window was to open, with advice in the window's
// words, for where a button beside it leads to the dialog or to the choice.
[[nodiscard]] Error inTheWindow(const Error& error, const QString& source);

} // namespace cohortist
