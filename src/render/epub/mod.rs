//! E-books.
