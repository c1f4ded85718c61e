import CDrawing

/// What a PDF says about itself; the creation date is fixed unless given, so that the same
/// drawing gives the same bytes.
public struct DocumentMetadata: Hashable, Sendable {
  public var title: String
  public var author: String
  public var subject: String
  public var keywords: [String]
  public var creator: String
  /// BCP 47: `en`, `de-AT`.
  public var language: String
  /// Seconds since 1970, UTC; nil writes 1 January 2000.
  public var createdSeconds: Int?

  public init(
    title: String = "", author: String = "", subject: String = "", keywords: [String] = [],
    creator: String = "facet", language: String = "en", createdSeconds: Int? = nil
  ) {
    (self.title, self.author, self.subject) = (title, author, subject)
    (self.keywords, self.creator) = (keywords, creator)
    (self.language, self.createdSeconds) = (language, createdSeconds)
  }
}

extension DocumentMetadata {
  func apply(to surface: OpaquePointer) {
    let entries: [(cairo_pdf_metadata_t, String)] = [
      (CAIRO_PDF_METADATA_TITLE, title), (CAIRO_PDF_METADATA_AUTHOR, author),
      (CAIRO_PDF_METADATA_SUBJECT, subject),
      (CAIRO_PDF_METADATA_KEYWORDS, keywords.joined(separator: ", ")),
      (CAIRO_PDF_METADATA_CREATOR, creator),
    ]
    for (key, value) in entries where !value.isEmpty {
      cairo_pdf_surface_set_metadata(surface, key, value.sanitizedForDisplay)
    }
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date + "+00:00")
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date + "+00:00")
  }

  /// The creation date as `2000-01-01T00:00:00`.
  var date: String {
    let seconds = max(0, min(createdSeconds ?? 946_684_800, 253_402_300_799))
    let (year, month, day) = Self.civil(daysSince1970: seconds / 86_400)
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let time = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(time.joined(separator: ":"))"
  }

  /// The Gregorian date of a day.
  ///
  /// - Source: Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
  static func civil(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = daysSince1970 + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// The PDF with `D:` before its two dates, which Cairo 1.16 leaves out.
  ///
  /// `(20000101000000+00'00)` becomes `(D:20000101000000Z)` and three blanks: the length stays,
  /// so the table of offsets at the end of the file stays right.
  func withDatePrefixes(_ bytes: [UInt8]) -> [UInt8] {
    let digits = date.filter(\.isNumber)
    let old = Array("(\(digits)+00'00)".utf8)
    let new = Array("(D:\(digits)Z)   ".utf8)
    guard old.count == new.count else { return bytes }
    var result = bytes
    // The Info dictionary is among the last objects.
    var position = bytes.count - old.count
    var left = 2
    while position >= 0, left > 0 {
      if bytes[position] == old[0], bytes[position...].starts(with: old) {
        result.replaceSubrange(position..<position + old.count, with: new)
        left -= 1
      }
      position -= 1
    }
    return result
  }
}
