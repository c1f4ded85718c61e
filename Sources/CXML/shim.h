#pragma once
#include "../CLoading/load.h"

/// The part of libxml2's reader that facet uses. Its own headers bring in ICU's types, which are
/// Foundation's too, in another version.
typedef struct _xmlTextReader *ft_xml_reader;

ft_xml_reader _Nullable xmlReaderForMemory(
  const char *_Nullable buffer, int size, const char *_Nullable address,
  const char *_Nullable encoding, int options);
void xmlFreeTextReader(ft_xml_reader _Nonnull reader);
int xmlTextReaderRead(ft_xml_reader _Nonnull reader);
int xmlTextReaderNodeType(ft_xml_reader _Nonnull reader);
int xmlTextReaderIsEmptyElement(ft_xml_reader _Nonnull reader);
int xmlTextReaderGetParserLineNumber(ft_xml_reader _Nonnull reader);
int xmlTextReaderMoveToNextAttribute(ft_xml_reader _Nonnull reader);
int xmlTextReaderMoveToElement(ft_xml_reader _Nonnull reader);
const unsigned char *_Nullable xmlTextReaderConstName(ft_xml_reader _Nonnull reader);
const unsigned char *_Nullable xmlTextReaderConstValue(ft_xml_reader _Nonnull reader);

/// Kinds of nodes (xmlReaderTypes).
enum { ft_xml_element = 1, ft_xml_end_element = 15 };
/// No network, no messages on the error stream (xmlParserOption: NONET, NOERROR, NOWARNING).
enum { ft_xml_quiet_options = 1 << 11 | 1 << 5 | 1 << 6 };

#define FT_XML_FUNCTIONS(X) \
  X(xmlReaderForMemory) \
  X(xmlFreeTextReader) \
  X(xmlTextReaderRead) \
  X(xmlTextReaderNodeType) \
  X(xmlTextReaderIsEmptyElement) \
  X(xmlTextReaderGetParserLineNumber) \
  X(xmlTextReaderMoveToNextAttribute) \
  X(xmlTextReaderMoveToElement) \
  X(xmlTextReaderConstName) \
  X(xmlTextReaderConstValue)

FT_LIBRARY(ft_xml, FT_XML_FUNCTIONS, "libxml2.so.2", "libxml2.so")
