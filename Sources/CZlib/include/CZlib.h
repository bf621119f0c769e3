#pragma once
#include <zlib.h>

/// inflateInit2 is a macro that Swift cannot see. 47: gzip or zlib, told apart by the header.
static inline int weir_inflate_init(z_stream *stream) { return inflateInit2(stream, 47); }
