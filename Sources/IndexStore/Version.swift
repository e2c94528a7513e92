/// The version of this Needletail, as written into every index file.
public let needletailVersion = "0.1.0"
