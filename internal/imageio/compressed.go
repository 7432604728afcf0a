package imageio

import "bytes"

// compressed refuses whole files that were packed by other programs.
func compressed(head []byte, name string) error {
	for _, c := range []struct{ magic, by, unpack string }{
		{"\x1f\x8b", "gzip", "gunzip -c"}, {"BZh", "bzip2", "bunzip2 -c"}, {"\xfd7zXZ\x00", "xz", "xz -dc"},
		{"\x28\xb5\x2f\xfd", "zstd", "zstd -dc"}, {"PK\x03\x04", "zip", "unzip -p"},
	} {
		if bytes.HasPrefix(head, []byte(c.magic)) {
			e := badData("the file is compressed by %s", c.by).(*DataError)
			from := " " + name
			if name == stdinName {
				from = ""
			}
			e.Hint = "unpack it into a pipe: " + c.unpack + from + " | convkit … -"
			return e
		}
	}
	return nil
}
