// Package deflate packs and unpacks the compressed data of pictures (RFC 1950 and
// 1951) as PNG needs it: the size unpacked is known and all of it stays in memory,
// others follow how far the unpacking is, and segments that were packed side by
// side stand in a row as one stream.
package deflate
