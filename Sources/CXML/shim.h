#pragma once
#include <libxml/xmlversion.h>
/* Its ICU types are Foundation's too, in another version; facet uses none of them. */
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlreader.h>
