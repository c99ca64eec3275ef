// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that meets both of CRoaring's C++ interfaces: the class stands in the global
// namespace up to 0.2.66 and in namespace roaring from 0.3 on. Only functions that proved sound in
// 0.2.66 may be called: addMany, fastunion, getSizeInBytes, write, cardinality. Its range functions
// and remove_run_compression are wrong there. Private to this room.
#pragma once

#include <roaring/roaring.hh>
#include <roaring/roaring_version.h>

namespace roaring {}

namespace cohortist {

// The version is an enum, which no #if can see, so the name is looked up in both places; the empty
// namespace above is for the older ones.
namespace either {
using namespace ::roaring;
using Class = Roaring;
} // namespace either
using CRoaring = either::Class;

} // namespace cohortist
