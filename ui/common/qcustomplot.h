// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that includes QCustomPlot: its header does not compile without warnings, and it
// brings names of its own along.
#pragma once

#pragma GCC system_header
#include <qcustomplot.h>
