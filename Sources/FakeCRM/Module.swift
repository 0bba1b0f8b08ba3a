/// Placeholder of the module until its first type lands.
