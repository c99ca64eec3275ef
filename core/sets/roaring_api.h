// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that meets both of CRoaring's C++ interfaces: the class stands in the global
// namespace up to 0.2.66 and in namespace roaring from 0.3 on. Only functions that proved sound in
// 0.2.66 may be called: addMany, fastunion, getSizeInBytes, write, cardinality. Its range functions
// and remove_run_compression are wrong there. Private to this room.
#pragma once

#include <roaring/roaring.hh>
#include <roaring/roaring_version.h>

namespace cohortist {

#if ROARING_VERSION_MAJOR > 0 || ROARING_VERSION_MINOR > 2
using CRoaring = roaring::Roaring;
#else
using CRoaring = ::Roaring;
#endif

} // namespace cohortist
