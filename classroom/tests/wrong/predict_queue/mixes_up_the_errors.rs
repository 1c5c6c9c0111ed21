// told: CONNECT_TO_BOUND: you say AddrInUse, but the run gave something else
// told: BIND_TWICE: you say ConnectionRefused, but the run gave something else

use std::io::ErrorKind;

const CONNECTS_BEFORE_ACCEPT: Option<bool> = Some(true);

const TAKEN_BEFORE_ACCEPT: Option<usize> = Some(5);

const READ_AFTER_CLIENT_WENT: Option<usize> = Some(5);

const CONNECT_TO_BOUND: Option<ErrorKind> = Some(ErrorKind::AddrInUse);

const BIND_TWICE: Option<ErrorKind> = Some(ErrorKind::ConnectionRefused);
