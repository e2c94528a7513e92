internal import Glibc

/// Whether a file or a folder is there.
func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
