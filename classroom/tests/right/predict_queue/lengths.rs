use std::io::ErrorKind;

const CONNECTS_BEFORE_ACCEPT: Option<bool> = Some(true);

const TAKEN_BEFORE_ACCEPT: Option<usize> = Some(b"hello".len());

const READ_AFTER_CLIENT_WENT: Option<usize> = TAKEN_BEFORE_ACCEPT;

const CONNECT_TO_BOUND: Option<ErrorKind> = Some(ErrorKind::ConnectionRefused);

const BIND_TWICE: Option<ErrorKind> = Some(ErrorKind::AddrInUse);
